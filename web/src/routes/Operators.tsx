/** A page of the console, for who has one of its roles, with the console's sections at its head on a phone. */
import { Link } from "@tanstack/react-router";
import { type ReactNode, Suspense } from "react";
import { useMe } from "../data/me.ts";
import { useSession } from "../data/session.ts";
import { ConsoleBar } from "../features/console/ConsoleNav.tsx";
import type { StaffRole } from "../features/console/pages.ts";
import { buttonClass } from "../ui/Button.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../ui/Loaded.tsx";
import { Notice } from "../ui/Notice.tsx";
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

/** Of whoever signs in here: the server refuses what they do, and says so act by act; this is where it is mended. */
const NoFactor = () => {
  const operator = useWords("operator");
  const { person } = useSession();
  if (person === null || person.login === null || person.second_factor.enabled) return null;
  return (
    <Notice
      tone="soon"
      action={
        <Link to="/me/security" className={buttonClass({ small: true })}>
          {operator.setFactor}
        </Link>
      }
    >
      {operator.noFactor}
    </Notice>
  );
};

const WithRole = ({ roles, children }: Required<Props>) => {
  const operator = useWords("operator");
  return (
    <Loaded query={useMe()}>
      {(me) => (
        <>
          <ConsoleBar />
          {roles.some((role) => me.roles.includes(role)) ? (
            <>
              <NoFactor />
              {children}
            </>
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
