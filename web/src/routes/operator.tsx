/** `/operator/…`: the console, for who has the role. */
import { useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, Suspense } from "react";
import { useMe } from "../data/me.ts";
import { Case } from "../features/operator-case/Case.tsx";
import { Disputes } from "../features/operator-disputes/Disputes.tsx";
import { Ledger } from "../features/operator-ledger/Ledger.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../ui/Loaded.tsx";
import { useWords } from "../ui/words.ts";
import { Personal } from "./Personal.tsx";

const Operators = ({ children }: { readonly children: ReactNode }) => (
  <Personal>
    <Suspense fallback={<SkeletonLines />}>
      <WithRole>{children}</WithRole>
    </Suspense>
  </Personal>
);

const WithRole = ({ children }: { readonly children: ReactNode }) => {
  const operator = useWords("operator");
  return (
    <Loaded query={useMe()}>
      {({ roles }) =>
        roles.includes("operator") ? (
          children
        ) : (
          <EmptyState icon="operator" title={operator.onlyOperators}>
            {operator.onlyOperatorsText}
          </EmptyState>
        )
      }
    </Loaded>
  );
};

export const DisputesRoute = () => {
  const { state } = useSearch({ from: "/operator/disputes" });
  return (
    <Operators>
      <Disputes tab={state ?? "open"} />
    </Operators>
  );
};

export const CaseRoute = () => {
  const orderId = Number(useParams({ from: "/operator/disputes/$orderId" }).orderId);
  return (
    <Operators>
      <Case key={orderId} orderId={orderId} />
    </Operators>
  );
};

export const LedgerRoute = () => (
  <Operators>
    <Ledger />
  </Operators>
);
