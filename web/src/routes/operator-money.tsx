/** `/operator/money`: credits and debits, for who has the role `platform`. */
import { useSearch } from "@tanstack/react-router";
import { Money } from "../features/operator-money/Money.tsx";
import { Operators } from "./Operators.tsx";

export const MoneyRoute = () => {
  const { user } = useSearch({ from: "/operator/money" });
  return (
    <Operators roles={["platform"]}>
      <Money key={user} user={user ?? ""} />
    </Operators>
  );
};
