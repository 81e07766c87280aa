/** `/operator/disputes`, a case, and `/operator/ledger`: the console of who has the role `operator`. */
import { useParams, useSearch } from "@tanstack/react-router";
import { Case } from "../features/operator-case/Case.tsx";
import { Disputes } from "../features/operator-disputes/Disputes.tsx";
import { Ledger } from "../features/operator-ledger/Ledger.tsx";
import { Operators } from "./Operators.tsx";

export const DisputesRoute = () => {
  const { state } = useSearch({ from: "/operator/disputes" });
  return (
    <Operators>
      <Disputes tab={state ?? "open"} />
    </Operators>
  );
};

export const CaseRoute = () => {
  const from = "/operator/disputes/$orderId";
  const orderId = Number(useParams({ from }).orderId);
  const { pane } = useSearch({ from });
  return (
    <Operators>
      <Case key={orderId} orderId={orderId} pane={pane ?? "facts"} />
    </Operators>
  );
};

export const LedgerRoute = () => (
  <Operators>
    <Ledger />
  </Operators>
);
