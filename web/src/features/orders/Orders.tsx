/** Orders: the state is an instruction, and what waits for the reader stands first. No row moves while it is read. */
import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { isYourTurn, OrderState } from "../../data/order-state.tsx";
import { counterpartyOf } from "../../data/orders.ts";
import { keys, queryClient } from "../../data/query.ts";
import type { Order } from "../../data/types.ts";
import { Amount } from "../../ui/Amount.tsx";
import { buttonClass } from "../../ui/Button.tsx";
import { Tabs, tabClass } from "../../ui/Choice.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { Count } from "../../ui/Notice.tsx";
import { Muted, Page } from "../../ui/Page.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { Name, Say, useText } from "../../ui/text.tsx";
import { useHeld } from "../../ui/useHeld.ts";
import { WithChanges } from "../../ui/WithChanges.tsx";
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
        {(data) => (
          <>
            <Held data={data} tab={tab} isArriving={query.isFetching && !query.isFetchedAfterMount} />
            <More query={query} />
          </>
        )}
      </Loaded>
    </Page>
  );
};

type HeldProps = {
  readonly data: InfiniteData<{ readonly items: readonly Order[] }>;
  readonly tab: Tab;
  readonly isArriving: boolean;
};

const turnFirst = (one: Order, other: Order): number => Number(isYourTurn(other)) - Number(isYourTurn(one));

const Held = ({ data: { pages }, tab, isArriving }: HeldProps) => {
  const items = useMemo(() => pages.flatMap((page) => page.items).toSorted(turnFirst), [pages]);
  const held = useHeld({
    items,
    idOf: ({ id }) => id,
    // An order that has ended is in the other list: here it stays, and says so.
    goneAs: ({ id }) => queryClient.getQueryData<Order>(keys.order(id)),
    scope: `${tab} ${pages.length}`,
    isArriving,
  });
  return (
    <WithChanges held={held}>
      {held.shown.length === 0 ? <NoOrders tab={tab} /> : <List orders={held.shown} tab={tab} />}
    </WithChanges>
  );
};

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
    { key: "state", head: people.state, bare: true, cell: (order) => <OrderState of={order} /> },
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
