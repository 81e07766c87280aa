/** The list of chats: person, order, its state, last line, how many are unread; at a desk the chat stands beside it. */
import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { useLineText } from "../../data/line-text.ts";
import { OrderState } from "../../data/order-state.tsx";
import type { ChatSession } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { buttonClass } from "../../ui/Button.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { Count } from "../../ui/Notice.tsx";
import { Page } from "../../ui/Page.tsx";
import { Avatar } from "../../ui/Person.tsx";
import { Name, useLanguage, useText } from "../../ui/text.tsx";
import { useHeld } from "../../ui/useHeld.ts";
import { BESIDE, useMedia } from "../../ui/useMedia.ts";
import { WithChanges } from "../../ui/WithChanges.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Chats.module.css";
import { chatsQuery } from "./queries.ts";

type Props = {
  /** Whose chat is open beside the list. */
  readonly open: number | null;
  readonly chat: (orderId: number) => ReactNode;
};

export const Chats = ({ open, chat }: Props) => {
  const people = useWords("people");
  const query = useInfiniteQuery(chatsQuery);
  const beside = useMedia(BESIDE);
  return (
    <Page title={people.chats} narrow={!beside}>
      <Loaded query={query} skeleton={<SkeletonLines count={5} />}>
        {(data) =>
          data.pages.every(({ items }) => items.length === 0) ? (
            <NoChats />
          ) : (
            <div className={beside ? css.beside : undefined}>
              <div className={css.list}>
                <Held data={data} isArriving={query.isFetching && !query.isFetchedAfterMount} />
                <More query={query} />
              </div>
              {beside && (open === null ? <p className={css.choose}>{people.chooseChat}</p> : chat(open))}
            </div>
          )
        }
      </Loaded>
    </Page>
  );
};

const NoChats = () => {
  const people = useWords("people");
  return (
    <EmptyState
      icon="chats"
      title={people.noChats}
      action={
        <Link to="/market" className={buttonClass({ kind: "primary" })}>
          {people.toMarket}
        </Link>
      }
    >
      {people.noChatsText}
    </EmptyState>
  );
};

type HeldProps = {
  readonly data: InfiniteData<{ readonly items: readonly ChatSession[] }>;
  readonly isArriving: boolean;
};

/** The liveliest first, as it was when its reader came: a new line moves no row. */
const Held = ({ data: { pages }, isArriving }: HeldProps) => {
  const items = useMemo(() => pages.flatMap((page) => page.items), [pages]);
  const held = useHeld({ items, idOf: ({ order }) => order.id, scope: String(pages.length), isArriving });
  return (
    <WithChanges held={held}>
      <ul className={css.chats}>
        {held.shown.map((chat) => (
          <ChatRow key={chat.order.id} of={chat} />
        ))}
      </ul>
    </WithChanges>
  );
};

/** Beside the list at a desk, a page of its own on a phone. */
const placeOf = (id: number, beside: boolean) =>
  beside
    ? ({ to: "/chats", search: { order: id } } as const)
    : ({ to: "/orders/$orderId/chat", params: { orderId: String(id) } } as const);

const ChatRow = ({ of }: { readonly of: ChatSession }) => {
  const { common, order } = useText();
  const lineText = useLineText();
  const language = useLanguage();
  const { bare } = useMoney();
  const beside = useMedia(BESIDE);
  const { last_message: last, counterparty, unread } = of;
  return (
    <li>
      <Link {...placeOf(of.order.id, beside)} className={css.chat}>
        <Avatar of={counterparty} />
        <span className={css.words}>
          <span className={css.head}>
            <strong>
              <Name of={counterparty} />
            </strong>
            <span className={css.order}>
              {order.number({ id: String(of.order.id) })}, {bare(of.order.usdt_amount)}
            </span>
          </span>
          <OrderState of={of.order} brief />
          <span className={css.last}>{lineText(last)}</span>
        </span>
        <span className={css.side}>
          <time className={css.order} dateTime={last.created_at}>
            {dayAndTime(last.created_at, language)}
          </time>
          <Count n={unread} label={common.unread({ n: unread })} />
        </span>
      </Link>
    </li>
  );
};
