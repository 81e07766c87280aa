/** Every movement as a knot on the thread: when, what, for which order, in or out, and the balance after it. */
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { Transfer } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import { Amount, useMoney } from "../../ui/Amount.tsx";
import { Button } from "../../ui/Button.tsx";
import { EmptyState, Loaded, SkeletonLines } from "../../ui/Loaded.tsx";
import { More } from "../../ui/More.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Knot, Thread } from "../../ui/Thread.tsx";
import { useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { newestQuery, statementQuery } from "./queries.ts";
import css from "./Wallet.module.css";

export const Statement = () => {
  const words = useWords("wallet");
  const query = useInfiniteQuery(statementQuery);
  const { data: newest } = useQuery(newestQuery);
  const shown = query.data?.pages[0]?.items[0]?.id ?? 0;
  const isBehind = query.data !== undefined && newest !== undefined && newest > shown;
  const { refetch } = query;
  const isEmpty = shown === 0;
  useEffect(() => {
    // Where nothing stands, nothing moves under the finger.
    if (isBehind && isEmpty) void refetch();
  }, [isBehind, isEmpty, refetch]);
  return (
    <Loaded query={query} skeleton={<SkeletonLines count={4} />}>
      {({ pages }) => {
        const transfers = pages.flatMap(({ items }) => items);
        if (transfers.length === 0)
          return (
            <EmptyState icon="ledger" title={words.empty}>
              {words.emptyText}
            </EmptyState>
          );
        return (
          <>
            {isBehind && (
              <Notice
                tone="info"
                action={
                  <Button small busy={query.isRefetching} onClick={() => void refetch()}>
                    {words.show}
                  </Button>
                }
                aloud
              >
                {words.changed}
              </Notice>
            )}
            <Thread label={words.statement}>
              {transfers.map((transfer) => (
                <Movement key={transfer.id} of={transfer} />
              ))}
            </Thread>
            <More query={query} />
          </>
        );
      }}
    </Loaded>
  );
};

const Movement = ({ of }: { readonly of: Transfer }) => {
  const { order } = useText();
  const { bare } = useMoney();
  const language = useLanguage();
  const words = useWords("wallet");
  const came = of.direction === "in";
  return (
    <Knot
      state={came ? "done" : "out"}
      title={words[of.kind]}
      figure={
        <>
          {came ? "+" : "−"}
          <Amount kopecks={of.amount} /> <span className={css.direction}>{came ? words.in : words.out}</span>
        </>
      }
      who={
        <span className={css.facts}>
          <time dateTime={of.created_at}>{dayAndTime(of.created_at, language)}</time>
          {of.order_id !== null && (
            <Link to="/orders/$orderId" params={{ orderId: String(of.order_id) }}>
              {order.number({ id: String(of.order_id) })}
            </Link>
          )}
          <span className={css.after}>{words.after({ amount: bare(of.balance_after) })}</span>
        </span>
      }
    />
  );
};
