/** Orders: the state is an instruction, and what waits for the reader stands first. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { counterpartyOf } from "../../data/orders.ts";
import type { Order } from "../../data/types.ts";
import { dayAndTime, timeOfDay } from "../../kernel/time.ts";
import { Amount } from "../../ui/Amount.tsx";
import { buttonClass } from "../../ui/Button.tsx";
import { Tabs, tabClass } from "../../ui/Choice.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { Badge, Count, type Tone } from "../../ui/Notice.tsx";
import { Muted, Page } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { Name, Say, useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { ordersQuery, TABS, type Tab } from "./queries.ts";

export const Orders = ({ tab }: { readonly tab: Tab }) => {
  const people = useWords("people");
  const query = useInfiniteQuery(ordersQuery(tab));
  return (
    <Page title={people.orders}>
      <Tabs label={people.ordersTabs}>
        {TABS.map((one) => (
          <Link
            key={one}
            to="/orders"
            search={{ tab: one }}
            className={tabClass}
            aria-current={one === tab ? "page" : undefined}
          >
            {people[one]}
          </Link>
        ))}
      </Tabs>
      <Loaded query={query} skeleton={<SkeletonLines count={4} />}>
        {({ pages }) => {
          const orders = pages.flatMap(({ items }) => items);
          if (orders.length === 0) return <NoOrders tab={tab} />;
          return (
            <>
              <List orders={[...orders].sort((a, b) => turnOf(b) - turnOf(a))} tab={tab} />
              <More query={query} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
};

/** 1: it waits for the reader. */
const turnOf = ({ status, role, claim }: Order): number =>
  (status === "pending" && role === "buyer") ||
  (status === "paid_by_buyer" && role === "seller") ||
  (claim === "open" && role === "seller")
    ? 1
    : 0;

const NoOrders = ({ tab }: { readonly tab: Tab }) => {
  const people = useWords("people");
  return (
    <EmptyState
      icon="orders"
      title={tab === "active" ? people.noActive : people.noFinished}
      action={
        <Link to="/market" className={buttonClass({ kind: "primary" })}>
          {people.toMarket}
        </Link>
      }
    >
      {people.noOrdersText}
    </EmptyState>
  );
};

const List = ({ orders, tab }: { readonly orders: readonly Order[]; readonly tab: Tab }) => {
  const { common } = useText();
  const people = useWords("people");
  const columns: readonly Column<Order>[] = [
    { key: "order", head: people.order, bare: true, cell: (order) => <Heading of={order} /> },
    { key: "state", head: people.state, bare: true, cell: (order) => <State of={order} /> },
    {
      key: "fiat",
      head: people.fiat,
      figures: true,
      cell: ({ fiat_amount, fiat_currency }) => <Amount kopecks={fiat_amount} currency={fiat_currency} />,
    },
    {
      key: "unread",
      head: people.chats,
      cell: ({ unread }) => (unread === 0 ? null : <Count n={unread} label={common.unread({ n: unread })} />),
    },
    {
      key: "action",
      head: people.action,
      bare: true,
      cell: ({ id }) => (
        <Link to="/orders/$orderId" params={{ orderId: String(id) }} className={buttonClass({ small: true })}>
          {people.open}
        </Link>
      ),
    },
  ];
  return <Table caption={people[tab]} columns={columns} items={orders} idOf={({ id }) => id} />;
};

const Heading = ({ of }: { readonly of: Order }) => {
  const text = useText();
  return (
    <div>
      <strong>
        <Say
          of={of.role === "buyer" ? text.order.buying : text.order.selling}
          with={{ amount: <Amount kopecks={of.usdt_amount} />, name: <Name of={counterpartyOf(of)} /> }}
        />
      </strong>
      <div>
        <Muted>{text.order.number({ id: String(of.id) })}</Muted>
      </div>
    </div>
  );
};

/** What is to be done, by whom, until when. */
const State = ({ of }: { readonly of: Order }) => {
  const text = useText();
  const people = useWords("people");
  const language = useLanguage();
  const { status, role } = of;
  const until = status === "pending" ? of.pay_by : status === "paid_by_buyer" ? of.release_by : null;
  const ended = of.completed_at ?? of.cancelled_at;
  const tone: Tone =
    turnOf(of) === 1 ? "soon" : status === "completed" ? "done" : status === "disputed" ? "danger" : "plain";
  const words = (() => {
    if (status === "pending" && role === "buyer") return text.order.payNow;
    if (status === "paid_by_buyer" && role === "seller") return text.order.checkBank;
    if (of.claim === "open") return role === "seller" ? text.order.checkClaim : text.order.claim;
    if (status === "disputed") return text.order.waitingForOperator;
    if (status === "completed" || status === "cancelled") return text.order[status];
    return text.order.waitingFor({ name: counterpartyOf(of).name ?? text.common.nameless });
  })();
  return (
    <div>
      <Badge tone={tone}>{words}</Badge>
      {until !== null && (
        <div>
          <Muted>{people.until({ time: timeOfDay(until, language) })}</Muted>
        </div>
      )}
      {ended !== null && (
        <div>
          <Muted>{dayAndTime(ended, language)}</Muted>
        </div>
      )}
    </div>
  );
};
