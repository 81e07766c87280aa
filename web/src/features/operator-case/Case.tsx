/** A case: facts, what happened, and the decision; side by side where there is room, one under another on a phone. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useAct } from "../../data/mutations.ts";
import type { Case as CaseRow } from "../../data/types.ts";
import { Button, buttonClass, Reasoned } from "../../ui/Button.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Badge, Notice } from "../../ui/Notice.tsx";
import { Page, Section, Stack } from "../../ui/Page.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Case.module.css";
import { Decision } from "./Decision.tsx";
import { Facts } from "./Facts.tsx";
import { caseQuery, dossierQuery, refreshCase, takeCase } from "./queries.ts";
import { Story } from "./Story.tsx";
import { WriteToBoth } from "./WriteToBoth.tsx";

export const Case = ({ orderId }: { readonly orderId: number }) => {
  const operator = useWords("operator");
  const query = useQuery(caseQuery(orderId));
  return (
    <Page title={operator.case({ id: String(orderId) })} lead={<State of={query.data} />}>
      <Loaded query={query} skeleton={<SkeletonLines count={4} height="6rem" />}>
        {(found) => (found === null ? <NoCase /> : <Panes of={found} />)}
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

const NoCase = () => {
  const operator = useWords("operator");
  return (
    <EmptyState
      icon="operator"
      title={operator.caseNotFound}
      action={
        <Link to="/operator/disputes" className={buttonClass()}>
          {operator.toDisputes}
        </Link>
      }
    >
      {operator.caseNotFoundText}
    </EmptyState>
  );
};

const Panes = ({ of }: { readonly of: CaseRow }) => {
  const operator = useWords("operator");
  const dossier = useQuery(dossierQuery(of.order_id));
  return (
    <div className={css.panes}>
      <Section title={operator.facts}>
        <Loaded query={dossier}>{(found) => <Facts of={of} dossier={found} />}</Loaded>
      </Section>
      <Section title={operator.story}>
        <Loaded query={dossier}>{(found) => <Story of={of} dossier={found} />}</Loaded>
        {of.assigned_to_me && of.status !== "resolved" && <WriteToBoth orderId={of.order_id} />}
      </Section>
      <Section title={operator.decision}>
        {of.status === "resolved" ? (
          <Notice tone="done">{operator.isResolved}</Notice>
        ) : of.assigned_to_me ? (
          <Decision of={of} />
        ) : (
          <Take of={of} />
        )}
      </Section>
    </div>
  );
};

/** Nobody decides a case that is not his: it is taken first, and from another with a reason. */
const Take = ({ of }: { readonly of: CaseRow }) => {
  const operator = useWords("operator");
  const [reason, setReason] = useState("");
  const act = useAct({ send: takeCase, onDone: refreshCase, onRefused: refreshCase });
  const isOthers = of.assigned_to !== null;
  const missing = isOthers && reason.trim() === "";
  return (
    <Stack>
      <Notice tone="info">{isOthers ? operator.othersCase({ name: of.assigned_to ?? "" }) : operator.takeFirst}</Notice>
      {isOthers && (
        <TextArea
          label={operator.takeOverReason}
          value={reason}
          maxLength={1_000}
          onChange={({ target }) => setReason(target.value)}
        />
      )}
      <Reasoned reason={missing ? operator.whyMissing : undefined}>
        <Button
          kind="primary"
          wide
          busy={act.busy}
          disabled={missing}
          onClick={() => act.submit({ orderId: of.order_id, reason: isOthers ? reason.trim() : null })}
        >
          {isOthers ? operator.takeOver : operator.takeCase}
        </Button>
      </Reasoned>
      <Refused error={act.failure} />
    </Stack>
  );
};
