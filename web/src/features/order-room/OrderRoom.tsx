/**
 * The order room: what is to be done now, the thread of what was done, and the chat beside it where there is room. What
 * can be done comes from the server's `allowed_actions`.
 */

import type { ParleyError } from "@parley/client";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useCallback, useState } from "react";
import { hasAddresses } from "../../data/files.ts";
import { counterpartyOf, orderQuery } from "../../data/orders.ts";
import type { Order } from "../../data/types.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { buttonClass } from "../../ui/Button.tsx";
import { CopyButton } from "../../ui/Copy.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { Menu, menuItemClass } from "../../ui/Menu.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Page, Section } from "../../ui/Page.tsx";
import { PersonLink } from "../../ui/Person.tsx";
import { Say, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { ActionBar } from "./ActionBar.tsx";
import { Dialogs } from "./Dialogs.tsx";
import type { Opened } from "./dialog.ts";
import css from "./OrderRoom.module.css";
import { OrderThread } from "./OrderThread.tsx";
import { dossierAddress } from "./queries.ts";
import { StateBadge } from "./StateBadge.tsx";
import { Step } from "./Step.tsx";

type Props = {
  readonly id: number;
  /** Beside the steps, where there is room for it. */
  readonly chat: ReactNode;
  /** The way to the chat, where there is none. */
  readonly chatBar: ReactNode;
  /** A question about notices, while the order is open. */
  readonly ask: ReactNode;
};

export const OrderRoom = ({ id, chat, chatBar, ask }: Props) => {
  const orderRoom = useWords("orderRoom");
  const query = useQuery(orderQuery(id));
  return (
    <Loaded
      query={query}
      skeleton={<SkeletonLines count={4} height="6rem" />}
      failed={(error) =>
        (error as Partial<ParleyError>).code === "ORDER_NOT_FOUND" ? (
          <EmptyState
            icon="orders"
            title={orderRoom.notFound}
            action={
              <Link to="/market" className={buttonClass()}>
                {orderRoom.toOrders}
              </Link>
            }
          >
            {orderRoom.notFoundText}
          </EmptyState>
        ) : null
      }
    >
      {(order) => <Room order={order} chat={chat} chatBar={chatBar} ask={ask} refetch={() => void query.refetch()} />}
    </Loaded>
  );
};

/** Which dialog is open, and whether the last one closed because the order had moved on. */
const useOpened = ({ status, claim }: Order) => {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [movedOn, setMovedOn] = useState(false);
  const open = (kind: Opened["kind"]) => {
    setMovedOn(false);
    setOpened({ kind, status, claim });
  };
  const close = useCallback(() => setOpened(null), []);
  const leave = useCallback(() => {
    setOpened(null);
    setMovedOn(true);
  }, []);
  return { opened, movedOn, open, close, leave };
};

const RoomMenu = ({ id }: { readonly id: number }) => {
  const orderRoom = useWords("orderRoom");
  return (
    <Menu label={orderRoom.menu}>
      <Link to="/help/how-it-works" className={menuItemClass}>
        {orderRoom.help}
      </Link>
      <Link to="/help/safety" className={menuItemClass}>
        {orderRoom.safety}
      </Link>
      {hasAddresses && (
        <a href={dossierAddress(id)} download={`parley-order-${id}.json`} className={menuItemClass}>
          {orderRoom.dossier}
        </a>
      )}
    </Menu>
  );
};

const Room = ({
  order,
  chat,
  chatBar,
  ask,
  refetch,
}: Omit<Props, "id"> & { readonly order: Order; readonly refetch: () => void }) => {
  const { order: words } = useText();
  const orderRoom = useWords("orderRoom");
  const amount = useMoney().bare(order.usdt_amount);
  const number = words.number({ id: String(order.id) });
  const { opened, movedOn, open, close, leave } = useOpened(order);
  const other = counterpartyOf(order);

  return (
    <div className={css.room}>
      <div className={css.steps}>
        <Page
          title={number}
          heading={
            <Say
              of={order.role === "buyer" ? words.buying : words.selling}
              with={{ amount, name: <PersonLink of={other} /> }}
            />
          }
          beside={<RoomMenu id={order.id} />}
          lead={
            <span className={css.facts}>
              <StateBadge order={order} />
              <span>{number}</span>
              <CopyButton text={String(order.id)} what={number} />
            </span>
          }
        >
          {movedOn && (
            <Notice tone="info" aloud>
              {orderRoom.movedOn}
            </Notice>
          )}
          <div className={css.card}>
            <Step order={order} />
            <ActionBar order={order} onOpen={open} onOver={refetch} />
          </div>
          {chatBar}
          {(order.status === "pending" || order.status === "paid_by_buyer") && ask}
          <Section title={orderRoom.threadTitle}>
            <OrderThread order={order} />
          </Section>
        </Page>
      </div>
      {chat && <div className={css.chat}>{chat}</div>}
      {opened && <Dialogs opened={opened} order={order} onClose={close} onMovedOn={leave} />}
    </div>
  );
};
