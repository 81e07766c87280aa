/** The queue: what waits longest stands first; `j` and `k` go from case to case. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { serverClock } from "../../data/clock.ts";
import { isSingleKey } from "../../data/keys.ts";
import { useReason } from "../../data/reasons.ts";
import type { Case } from "../../data/types.ts";
import { dayAndTime, HOUR, zoneName } from "../../kernel/time.ts";
import { useAge } from "../../ui/Age.tsx";
import { Amount } from "../../ui/Amount.tsx";
import { buttonClass } from "../../ui/Button.tsx";
import { Tabs, tabClass } from "../../ui/Choice.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { Badge, type Tone } from "../../ui/Notice.tsx";
import { Muted, Page } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { Name, useLanguage, useText } from "../../ui/text.tsx";
import { useHeld } from "../../ui/useHeld.ts";
import { WithChanges } from "../../ui/WithChanges.tsx";
import { useWords } from "../../ui/words.ts";
import { queueQuery, TABS, type Tab } from "./queries.ts";

/** From then on a case is late, and then very late. */
const SOON_MS = HOUR;
const LATE_MS = 4 * HOUR;

export const Disputes = ({ tab }: { readonly tab: Tab }) => {
  const operator = useWords("operator");
  const query = useInfiniteQuery(queueQuery(tab));
  const list = useRef<HTMLDivElement>(null);
  useStepping(list);
  return (
    <Page title={operator.disputes} lead={operator.zone({ zone: zoneName() })}>
      <Tabs label={operator.tabs}>
        {TABS.map((one) => (
          <Link
            key={one}
            to="/operator/disputes"
            search={{ state: one }}
            className={tabClass}
            aria-current={one === tab ? "page" : undefined}
          >
            {operator[one]}
          </Link>
        ))}
      </Tabs>
      <Loaded query={query} skeleton={<SkeletonLines count={5} />}>
        {({ pages }) => (
          <div ref={list}>
            <Cases
              pages={pages}
              tab={tab}
              scope={`${tab} ${pages.length}`}
              isArriving={query.isFetching && !query.isFetchedAfterMount}
            />
            <More query={query} />
          </div>
        )}
      </Loaded>
    </Page>
  );
};

type CasesProps = {
  readonly pages: readonly { readonly items: readonly Case[] }[];
  readonly tab: Tab;
  readonly scope: string;
  readonly isArriving: boolean;
};

/** What comes in meanwhile waits behind a bar: the case under the finger stays where it is. */
const Cases = ({ pages, tab, ...given }: CasesProps) => {
  const operator = useWords("operator");
  const items = useMemo(() => pages.flatMap((page) => page.items), [pages]);
  const held = useHeld({ ...given, items, idOf: ({ order_id }) => order_id });
  return (
    <WithChanges held={held} news={operator.newCases}>
      {held.shown.length === 0 ? (
        <EmptyState icon="operator" title={operator.empty}>
          {operator.emptyText}
        </EmptyState>
      ) : (
        <Queue cases={held.shown} tab={tab} />
      )}
    </WithChanges>
  );
};

const Queue = ({ cases, tab }: { readonly cases: readonly Case[]; readonly tab: Tab }) => {
  const operator = useWords("operator");
  const columns: readonly Column<Case>[] = [
    { key: "order", head: operator.order, bare: true, cell: (item) => <Heading of={item} /> },
    { key: "age", head: operator.age, cell: (item) => <Age of={item} /> },
    { key: "amount", head: operator.amount, figures: true, cell: (item) => <Amount kopecks={item.usdt_amount} /> },
    { key: "reason", head: operator.reason, cell: (item) => <Reason of={item} /> },
    { key: "caller", head: operator.caller, cell: (item) => <Caller of={item} /> },
    {
      key: "assignee",
      head: operator.assignee,
      cell: ({ assigned_to, assigned_to_me }) => (assigned_to_me ? operator.you : (assigned_to ?? operator.nobody)),
    },
    {
      key: "action",
      head: operator.action,
      bare: true,
      cell: (item) => (
        <Link
          to="/operator/disputes/$orderId"
          params={{ orderId: String(item.order_id) }}
          className={buttonClass({ kind: "secondary", small: true })}
          data-step
        >
          {operator.openCase}
        </Link>
      ),
    },
  ];
  return <Table caption={operator[tab]} columns={columns} items={cases} idOf={({ order_id }) => order_id} />;
};

const Heading = ({ of }: { readonly of: Case }) => {
  const { order } = useText();
  return <strong>{order.number({ id: String(of.order_id) })}</strong>;
};

const Age = ({ of }: { readonly of: Case }) => {
  const age = useAge();
  const language = useLanguage();
  if (of.resolved_at !== null) return <time dateTime={of.resolved_at}>{dayAndTime(of.resolved_at, language)}</time>;
  const waited = serverClock.now() - Date.parse(of.opened_at);
  const tone: Tone = waited >= LATE_MS ? "danger" : waited >= SOON_MS ? "soon" : "plain";
  return (
    <Badge tone={tone} icon="clock">
      {age(waited)}
    </Badge>
  );
};

const Reason = ({ of }: { readonly of: Case }) => {
  const operator = useWords("operator");
  const words = useReason();
  return (
    <div>
      <div>{of.kind === "claim" ? operator.claim : operator.dispute}</div>
      {of.reason !== null && <Muted>{words(of.reason)}</Muted>}
    </div>
  );
};

const Caller = ({ of }: { readonly of: Case }) => {
  const { order } = useText();
  return of.opened_by === null ? order.clock : <Name of={of[of.opened_by]} />;
};

/** Single keys go through the cases, where they are on. */
const useStepping = (list: React.RefObject<HTMLDivElement | null>): void => {
  useEffect(() => {
    const step = (event: KeyboardEvent) => {
      const by = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
      if (by === 0 || !isSingleKey(event)) return;
      const links = [...(list.current?.querySelectorAll<HTMLElement>("[data-step]") ?? [])];
      const at = links.indexOf(document.activeElement as HTMLElement);
      links[Math.min(Math.max(at + by, 0), links.length - 1)]?.focus();
    };
    document.addEventListener("keydown", step);
    return () => document.removeEventListener("keydown", step);
  }, [list]);
};
