/** A page of the console, for who has one of its roles, with the console's sections at its head on a phone. */
import { type ReactNode, Suspense } from "react";
import { useMe } from "../data/me.ts";
import { ConsoleBar } from "../features/console/ConsoleNav.tsx";
import type { StaffRole } from "../features/console/pages.ts";
import { EmptyState, Loaded, SkeletonLines } from "../ui/Loaded.tsx";
import { useWords } from "../ui/words.ts";
import { Personal } from "./Personal.tsx";

type Props = { readonly roles?: readonly StaffRole[]; readonly children: ReactNode };

export const Operators = ({ roles = ["operator"], children }: Props) => (
  <Personal>
    <Suspense fallback={<SkeletonLines />}>
      <WithRole roles={roles}>{children}</WithRole>
    </Suspense>
  </Personal>
);

const WithRole = ({ roles, children }: Required<Props>) => {
  const operator = useWords("operator");
  return (
    <Loaded query={useMe()}>
      {(me) => (
        <>
          <ConsoleBar />
          {roles.some((role) => me.roles.includes(role)) ? (
            children
          ) : (
            <EmptyState icon="operator" title={operator.onlyOperators} isPage>
              {operator.onlyOperatorsText}
            </EmptyState>
          )}
        </>
      )}
    </Loaded>
  );
};
