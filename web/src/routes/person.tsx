/** `/people/:id`: a person as others see one, with the ads that can be taken. */
import { useParams } from "@tanstack/react-router";
import { AdCards } from "../features/market/AdCards.tsx";
import { PersonPage } from "../features/people/PersonPage.tsx";

export const PersonRoute = () => {
  const { personId } = useParams({ from: "/people/$personId" });
  return <PersonPage key={personId} id={personId} ads={(ads) => <AdCards ads={ads} />} />;
};
