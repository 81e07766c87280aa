/** A case: one that is there, one that is not, and one of the operator's own orders, which somebody else decides. */
import type { ParleyError } from "@parley/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Case as CaseRow } from "../../data/types.ts";
import { buttonClass } from "../../ui/Button.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Badge } from "../../ui/Notice.tsx";
import { Page } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Case.module.css";
import { Panes } from "./Panes.tsx";
import type { Pane } from "./pane.ts";
import { caseQuery } from "./queries.ts";

export const Case = ({ orderId, pane }: { readonly orderId: number; readonly pane: Pane }) => {
  const operator = useWords("operator");
  const query = useQuery(caseQuery(orderId));
  return (
    <Page title={operator.case({ id: String(orderId) })} lead={<State of={query.data} />}>
      <Loaded
        query={query}
        skeleton={<SkeletonLines count={4} height="6rem" />}
        failed={(error) =>
          (error as ParleyError).code === "FORBIDDEN" ? (
            <NoCase title={operator.ownCase} text={operator.ownCaseText} />
          ) : null
        }
      >
        {(found) =>
          found === null ? (
            <NoCase title={operator.caseNotFound} text={operator.caseNotFoundText} />
          ) : (
            <Panes of={found} pane={pane} />
          )
        }
      </Loaded>
    </Page>
  );
};

const State = ({ of }: { readonly of: CaseRow | null | undefined }) => {
  const operator = useWords("operator");
  if (of === null || of === undefined) return null;
  return (
    <span className={css.state}>
      <Badge tone="info" icon="operator">
        {of.kind === "claim" ? operator.claim : operator.dispute}
      </Badge>
      <Badge tone={of.status === "resolved" ? "done" : "soon"}>
        {of.status === "resolved" ? operator.isResolved : of.status === "open" ? operator.open : operator.assigned}
      </Badge>
    </span>
  );
};

const NoCase = ({ title, text }: { readonly title: string; readonly text: string }) => {
  const operator = useWords("operator");
  return (
    <EmptyState
      icon="operator"
      title={title}
      action={
        <Link to="/operator/disputes" className={buttonClass()}>
          {operator.toDisputes}
        </Link>
      }
    >
      {text}
    </EmptyState>
  );
};
