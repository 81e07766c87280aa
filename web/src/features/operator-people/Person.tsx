/** Somebody as operators see them: who it is, the record, debts, strikes, what was said; and what may be decided. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { PersonFacts } from "../../data/types.ts";
import { dayAndTime, dayOf, zoneName } from "../../kernel/time.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Button, buttonClass } from "../../ui/Button.tsx";
import { type Row, Rows } from "../../ui/Copy.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Badge } from "../../ui/Notice.tsx";
import { Line, Muted, Page, Section, Stack } from "../../ui/Page.tsx";
import { Stars } from "../../ui/Person.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { Knot, Thread } from "../../ui/Thread.tsx";
import { Name, useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./People.module.css";
import { personQuery } from "./queries.ts";
import { Roles } from "./Roles.tsx";
import { LiftDialog, SuspendDialog } from "./StandingDialogs.tsx";
import { standingOf } from "./standing.ts";

export const Person = ({ id }: { readonly id: string }) => {
  const { zone } = useWords("operator");
  const query = useQuery(personQuery(id));
  const name = query.data?.profile.name ?? id;
  return (
    <Page
      title={name}
      heading={<bdi>{name}</bdi>}
      lead={zone({ zone: zoneName() })}
      beside={query.data && <Decide of={query.data} />}
    >
      <Loaded
        query={query}
        skeleton={<SkeletonLines count={4} />}
        failed={(error) => ("failure" in error && isUnknown(error.failure) ? <Unknown /> : null)}
      >
        {(person) => <Facts of={person} />}
      </Loaded>
    </Page>
  );
};

const isUnknown = (failure: unknown): boolean =>
  typeof failure === "object" && failure !== null && "code" in failure && failure.code === "USER_NOT_FOUND";

const Unknown = () => {
  const people = useWords("operatorPeople");
  return (
    <EmptyState
      icon="people"
      title={people.notFound}
      action={
        <Link to="/operator/people" className={buttonClass()}>
          {people.toPeople}
        </Link>
      }
    >
      {people.notFoundText}
    </EmptyState>
  );
};

/** Stop, or let go on: one of both, and both where a debt stops somebody whom an operator may stop as well. */
const Decide = ({ of }: { readonly of: PersonFacts }) => {
  const people = useWords("operatorPeople");
  const [open, setOpen] = useState<"suspend" | "lift" | null>(null);
  const { suspended } = of.standing;
  const close = () => setOpen(null);
  return (
    <Line>
      {suspended !== null && <Button onClick={() => setOpen("lift")}>{people.lift}</Button>}
      {suspended !== "operator" && (
        <Button kind="danger" onClick={() => setOpen("suspend")}>
          {people.suspend}
        </Button>
      )}
      {open === "suspend" && <SuspendDialog of={of} onClose={close} />}
      {open === "lift" && <LiftDialog of={of} onClose={close} />}
    </Line>
  );
};

const Facts = ({ of }: { readonly of: PersonFacts }) => {
  const people = useWords("operatorPeople");
  const language = useLanguage();
  const { word, tone } = standingOf(of.standing, people);
  return (
    <>
      <Line>
        <Badge tone={tone}>{word}</Badge>
        {of.struck_out_until !== null && (
          <Badge tone="soon">{people.struckOut({ until: dayAndTime(of.struck_out_until, language) })}</Badge>
        )}
      </Line>
      <div className={css.columns}>
        <Stack gap={24}>
          <Section title={people.record}>
            <Rows rows={useRecord(of)} />
          </Section>
          <Section title={people.roles}>
            <Roles of={of} />
          </Section>
        </Stack>
        <Stack gap={24}>
          <Section title={people.debts}>
            {of.debts.length === 0 ? <Muted>{people.noDebts}</Muted> : <Debts of={of.debts} />}
          </Section>
          <Section title={people.strikes}>
            {of.strikes.length === 0 ? <Muted>{people.noStrikes}</Muted> : <Times of={of.strikes} />}
          </Section>
          <Section title={people.judgements}>
            {of.judgements.length === 0 ? <Muted>{people.noJudgements}</Muted> : <Judgements of={of.judgements} />}
          </Section>
        </Stack>
      </div>
    </>
  );
};

const useRecord = ({ profile, account, open_disputes }: PersonFacts): readonly Row[] => {
  const { completion, ordersCount } = useWords("operator");
  const people = useWords("operatorPeople");
  const { common } = useText();
  const language = useLanguage();
  const within = (seconds: number | null) =>
    seconds === null ? "–" : common.minutes({ n: Math.max(1, Math.ceil(seconds / 60)) });
  const { completion_rate_30d: rate } = profile;
  return [
    { label: people.id, value: profile.id, copy: profile.id },
    { label: people.login, value: account === null ? people.noAccount : (account.login ?? "–") },
    { label: people.since, value: dayOf(profile.joined_at, language) },
    { label: people.lastSeen, value: dayAndTime(profile.last_seen_at, language) },
    { label: ordersCount, value: profile.orders_count },
    { label: completion, value: rate === null ? "–" : `${Math.round(rate * 100)}\u00a0%` },
    { label: people.partners, value: profile.partners_count },
    {
      label: people.rating,
      value: profile.rating === null ? "–" : <Stars rating={profile.rating} count={profile.ratings_count} />,
    },
    { label: people.release, value: within(profile.median_release_seconds) },
    { label: people.pay, value: within(profile.median_pay_seconds) },
    { label: people.openDisputes, value: open_disputes },
  ];
};

const Times = ({ of }: { readonly of: readonly string[] }) => {
  const language = useLanguage();
  return (
    <ul className={css.times}>
      {of.map((at) => (
        <li key={at}>
          <time dateTime={at}>{dayAndTime(at, language)}</time>
        </li>
      ))}
    </ul>
  );
};

type Debt = PersonFacts["debts"][number];

const Debts = ({ of }: { readonly of: readonly Debt[] }) => {
  const { order } = useWords("operator");
  const people = useWords("operatorPeople");
  const text = useText();
  const columns: readonly Column<Debt>[] = [
    { key: "order", head: order, bare: true, cell: ({ order_id }) => text.order.number({ id: String(order_id) }) },
    { key: "to", head: people.creditor, cell: ({ creditor }) => <Name of={creditor} /> },
    { key: "awarded", head: people.awarded, figures: true, cell: ({ amount }) => <Amount kopecks={amount} /> },
    {
      key: "left",
      head: people.outstanding,
      figures: true,
      cell: ({ outstanding }) => <Amount kopecks={outstanding} />,
    },
  ];
  return <Table caption={people.debts} columns={columns} items={of} idOf={({ order_id }) => order_id} />;
};

const Judgements = ({ of }: { readonly of: PersonFacts["judgements"] }) => {
  const people = useWords("operatorPeople");
  const language = useLanguage();
  return (
    <Thread label={people.judgements}>
      {of.map(({ act, by, reason, despite_debt, at }) => (
        <Knot
          key={at}
          state={act === "suspend" ? "danger" : "operator"}
          title={act === "suspend" ? people.suspended : despite_debt ? people.liftedDespite : people.lifted}
          time={at}
          shownTime={dayAndTime(at, language)}
          who={<bdi>{by}</bdi>}
        >
          {reason}
        </Knot>
      ))}
    </Thread>
  );
};
