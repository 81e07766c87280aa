/** The chat of an order: lines by day, what is on its way, and the composer. What is seen is marked as read. */
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { counterpartyOf, messagesQuery, useOrder } from "../../data/orders.ts";
import type { Message, Order } from "../../data/types.ts";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Loaded } from "../../ui/Loaded.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./Chat.module.css";
import { Composer } from "./Composer.tsx";
import { Lines } from "./Lines.tsx";
import { useOutbox } from "./outbox.ts";

export const Chat = ({ orderId }: { readonly orderId: number }) => {
  const order = useOrder(orderId);
  return <Loaded query={order}>{(found) => <OpenChat order={found} />}</Loaded>;
};

const OpenChat = ({ order }: { readonly order: Order }) => {
  const { common } = useText();
  const chat = useWords("chat");
  const client = useQueryClient();
  const query = useInfiniteQuery(messagesQuery(order.id));
  const onSent = useCallback(
    (line: Message) =>
      client.setQueryData(messagesQuery(order.id).queryKey, (known) => {
        const [newest, ...older] = known?.pages ?? [];
        if (known === undefined || newest === undefined) return known;
        const items = [...newest.items.filter(({ seq }) => seq !== line.seq), line].sort((a, b) => a.seq - b.seq);
        return { ...known, pages: [{ ...newest, items }, ...older] };
      }),
    [client, order.id],
  );
  const outbox = useOutbox(order.id, onSent);
  const name = counterpartyOf(order).name ?? common.nameless;
  const isRunning = order.status === "pending" || order.status === "paid_by_buyer";
  const isOpen = order.allowed_actions.includes("message");

  return (
    <section className={css.chat} aria-label={chat.with({ name })}>
      <p className={css.pinned}>
        <Icon name="shield" />
        {chat.pinned}
      </p>
      <Loaded query={query}>
        {({ pages }) => {
          const lines = pages.toReversed().flatMap(({ items }) => items);
          return (
            <Lines
              order={order}
              lines={lines}
              waiting={outbox.waiting}
              onAgain={outbox.again}
              older={
                query.hasNextPage ? (
                  <Button kind="quiet" small busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                    {chat.older}
                  </Button>
                ) : null
              }
              openings={isRunning && lines.every(({ kind }) => kind === "system") ? outbox.send : null}
            />
          );
        }}
      </Loaded>
      {isOpen ? <Composer orderId={order.id} onSend={outbox.send} /> : <p className={css.closed}>{chat.closed}</p>}
    </section>
  );
};
