/** On a phone, the way from an order to its chat: the last line and how many are unread. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useLineText } from "../../data/line-text.ts";
import { messagesQuery, useOrder } from "../../data/orders.ts";
import { Icon } from "../../ui/Icon.tsx";
import { Count } from "../../ui/Notice.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./ChatBar.module.css";

export const ChatBar = ({ orderId }: { readonly orderId: number }) => {
  const { common } = useText();
  const chat = useWords("chat");
  const { data: order } = useOrder(orderId);
  const { data: lines } = useInfiniteQuery(messagesQuery(orderId));
  const last = lines?.pages[0]?.items.findLast(({ kind, hidden }) => kind !== "system" && !hidden);
  const lineText = useLineText();
  const unread = order?.unread ?? 0;
  return (
    <Link to="/orders/$orderId/chat" params={{ orderId: String(orderId) }} className={css.bar}>
      <Icon name="chats" />
      <span className={css.words}>
        <span className={css.title}>{chat.title}</span>
        <span className={css.last}>{last === undefined ? chat.empty : lineText(last)}</span>
      </span>
      <Count n={unread} label={common.unread({ n: unread })} />
    </Link>
  );
};
