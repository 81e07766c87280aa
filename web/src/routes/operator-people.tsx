/** `/operator/people` and one person. */
import { useParams, useSearch } from "@tanstack/react-router";
import { People } from "../features/operator-people/People.tsx";
import { Person } from "../features/operator-people/Person.tsx";
import { Operators } from "./Operators.tsx";

export const PeopleRoute = () => {
  const { query } = useSearch({ from: "/operator/people" });
  return (
    <Operators>
      <People key={query} asked={query ?? null} />
    </Operators>
  );
};

export const PersonRoute = () => {
  const { personId } = useParams({ from: "/operator/people/$personId" });
  return (
    <Operators>
      <Person key={personId} id={personId} />
    </Operators>
  );
};
