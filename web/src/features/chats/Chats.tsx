/** The list of chats: person, order, last line, how many are unread. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
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
import { BESIDE, useMedia } from "../../ui/useMedia.ts";
import { useWords } from "../../ui/words.ts";
import css from "./Chats.module.css";
import { chatsQuery } from "./queries.ts";

export const Chats = () => {
  const people = useWords("people");
  const query = useInfiniteQuery(chatsQuery);
  return (
    <Page title={people.chats} narrow>
      <Loaded query={query} skeleton={<SkeletonLines count={5} />}>
        {({ pages }) => {
          const chats = pages.flatMap(({ items }) => items);
          if (chats.length === 0) {
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
          }
          return (
            <>
              <ul className={css.chats}>
                {chats.map((chat) => (
                  <ChatRow key={chat.order.id} of={chat} />
                ))}
              </ul>
              <More query={query} />
            </>
          );
        }}
      </Loaded>
    </Page>
  );
};

const ChatRow = ({ of }: { readonly of: ChatSession }) => {
  const { common, order } = useText();
  const people = useWords("people");
  const language = useLanguage();
  const { bare } = useMoney();
  const beside = useMedia(BESIDE);
  const { last_message: last, counterparty, unread } = of;
  return (
    <li>
      <Link
        to={beside ? "/orders/$orderId" : "/orders/$orderId/chat"}
        params={{ orderId: String(of.order.id) }}
        className={css.chat}
      >
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
          <span className={css.last}>{last.message === "" ? people.file : last.message}</span>
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
