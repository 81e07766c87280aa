/** The ledger page: whether the books are in order, what is in escrow, what was released day by day. */
import { useQuery } from "@tanstack/react-query";
import type { Figures } from "../../data/types.ts";
import { dayAndTime, dayOf, zoneName } from "../../kernel/time.ts";
import { Amount } from "../../ui/Amount.tsx";
import { Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Muted, Page, Section, Stack } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Ledger.module.css";
import { figuresQuery } from "./queries.ts";

export const Ledger = () => {
  const operator = useWords("operator");
  const query = useQuery(figuresQuery);
  return (
    <Page title={operator.ledger} lead={operator.zone({ zone: zoneName() })}>
      <Loaded query={query} skeleton={<SkeletonLines count={5} />}>
        {(figures) => (
          <>
            <Section title={operator.audits}>
              <Audits of={figures.audits} />
            </Section>
            <Section title={operator.escrow}>
              <Escrow of={figures.escrow} />
            </Section>
            <Section title={operator.cases}>
              <Cases of={figures.cases} />
            </Section>
            <Section title={operator.volume}>
              {figures.days.length === 0 ? (
                <Muted>{operator.noDays}</Muted>
              ) : (
                <>
                  <Bars of={figures.days} />
                  <Days of={figures.days} />
                </>
              )}
            </Section>
            <Section title={operator.feed}>
              <p>{operator.feedBehind({ seconds: String(Math.ceil(figures.feed.behind_seconds)) })}</p>
            </Section>
          </>
        )}
      </Loaded>
    </Page>
  );
};

const Audits = ({ of }: { readonly of: Figures["audits"] }) => {
  const operator = useWords("operator");
  const language = useLanguage();
  if (of.length === 0) return <Notice tone="soon">{operator.noAudit}</Notice>;
  return (
    <Stack gap={8}>
      {of.map(({ system, at, whole, checks, findings }) => (
        <Notice
          key={`${system} ${at} ${whole}`}
          tone={findings.length === 0 ? "done" : "danger"}
          title={`${system}, ${whole ? operator.whole : operator.since}, ${dayAndTime(at, language)}`}
        >
          {findings.length === 0 ? operator.auditClean({ n: checks }) : <Findings of={findings} />}
        </Notice>
      ))}
    </Stack>
  );
};

const Findings = ({ of }: { readonly of: Figures["audits"][number]["findings"] }) => {
  const operator = useWords("operator");
  return (
    <ul className={css.findings}>
      {of.map(({ check, count, faults }) => (
        <li key={check}>
          {operator.auditFound({ check, n: count })}
          <pre className={css.faults}>{faults.join("\n")}</pre>
        </li>
      ))}
    </ul>
  );
};

const Escrow = ({ of }: { readonly of: Figures["escrow"] }) => {
  const text = useText();
  const operator = useWords("operator");
  type Row = Figures["escrow"][number];
  const columns: readonly Column<Row>[] = [
    { key: "status", head: operator.escrow, bare: true, cell: ({ status }) => text.order[status] },
    { key: "orders", head: operator.ordersCount, figures: true, cell: ({ orders }) => orders },
    { key: "amount", head: operator.amount, figures: true, cell: ({ amount }) => <Amount kopecks={amount} /> },
  ];
  return <Table caption={operator.escrow} columns={columns} items={of} idOf={({ status }) => status} />;
};

const Cases = ({ of }: { readonly of: Figures["cases"] }) => {
  const operator = useWords("operator");
  type Row = Figures["cases"][number];
  const columns: readonly Column<Row>[] = [
    { key: "status", head: operator.cases, bare: true, cell: ({ status }) => operator[status] },
    { key: "1", head: operator.under1, figures: true, cell: ({ under_1_hour }) => under_1_hour },
    { key: "4", head: operator.under4, figures: true, cell: ({ under_4_hours }) => under_4_hours },
    { key: "24", head: operator.under24, figures: true, cell: ({ under_1_day }) => under_1_day },
    { key: "older", head: operator.older, figures: true, cell: ({ older }) => older },
  ];
  return <Table caption={operator.cases} columns={columns} items={of} idOf={({ status }) => status} />;
};

type Day = Figures["days"][number];

/** Of the picture, in its own units: a bar each, the oldest first. */
const BAR = { width: 12, gap: 4, height: 96 } as const;

/** A picture of the table below, for the eye alone. */
const Bars = ({ of }: { readonly of: readonly Day[] }) => {
  const most = Math.max(1, ...of.map(({ volume }) => volume));
  const days = of.toReversed();
  return (
    <svg
      className={css.bars}
      viewBox={`0 0 ${days.length * (BAR.width + BAR.gap)} ${BAR.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {days.map(({ day, volume }, index) => {
        const height = Math.max(volume === 0 ? 0 : 1, (volume / most) * BAR.height);
        return (
          <rect key={day} x={index * (BAR.width + BAR.gap)} y={BAR.height - height} width={BAR.width} height={height} />
        );
      })}
    </svg>
  );
};

const Days = ({ of }: { readonly of: readonly Day[] }) => {
  const operator = useWords("operator");
  const language = useLanguage();
  const columns: readonly Column<Day>[] = [
    { key: "day", head: operator.day, bare: true, cell: ({ day }) => dayOf(day, language) },
    { key: "created", head: operator.created, figures: true, cell: ({ created }) => created },
    { key: "completed", head: operator.completed, figures: true, cell: ({ completed }) => completed },
    { key: "cancelled", head: operator.cancelled, figures: true, cell: ({ cancelled }) => cancelled },
    { key: "disputed", head: operator.disputed, figures: true, cell: ({ disputed }) => disputed },
    { key: "volume", head: operator.released, figures: true, cell: ({ volume }) => <Amount kopecks={volume} /> },
  ];
  return <Table caption={operator.volume} columns={columns} items={of} idOf={({ day }) => day} />;
};
