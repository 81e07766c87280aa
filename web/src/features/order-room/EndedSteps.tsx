/** The steps of an order that has ended: a receipt and a rating, or why it was cancelled and where the money is. */
import { useState } from "react";
import { useWallet } from "../../data/me.ts";
import { useAct } from "../../data/mutations.ts";
import { counterpartyOf } from "../../data/orders.ts";
import { keys, queryClient } from "../../data/query.ts";
import type { Order } from "../../data/types.ts";
import { dayAndTime } from "../../kernel/time.ts";
import type { Words } from "../../locales/index.ts";
import { Amount, Rate, useMoney } from "../../ui/Amount.tsx";
import { Button } from "../../ui/Button.tsx";
import { Rows } from "../../ui/Copy.tsx";
import { TextArea } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { StarsField } from "../../ui/Person.tsx";
import { Name, Say, useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { rateOrder } from "./queries.ts";
import { RailPayment } from "./RailPayment.tsx";
import css from "./Step.module.css";

type Props = { readonly order: Order };

export const CompletedStep = ({ order }: Props) => {
  const { common } = useText();
  const orderRoom = useWords("orderRoom");
  const { fiat, bare } = useMoney();
  const language = useLanguage();
  const wallet = useWallet();
  const isSplit = order.outcome === "dispute_split";
  const isBuyer = order.role === "buyer";
  return (
    <div className={css.step}>
      <h2>
        {isSplit ? (
          orderRoom.splitTitle
        ) : isBuyer ? (
          orderRoom.completedTitle({ amount: bare(order.released_amount) })
        ) : (
          <Say
            of={orderRoom.soldTitle}
            with={{ amount: bare(order.released_amount), name: <Name of={order.buyer} /> }}
          />
        )}
      </h2>
      {isSplit && (
        <p>
          {orderRoom.splitText({
            buyer: bare(order.released_amount),
            seller: bare(order.usdt_amount - order.released_amount),
          })}
        </p>
      )}
      <Reason of={order} />
      <Rows
        rows={[
          { label: isBuyer ? orderRoom.got : orderRoom.gave, value: <Amount kopecks={order.released_amount} inUsdt /> },
          { label: orderRoom.paidFiat, value: fiat(order.fiat_amount, order.fiat_currency) },
          { label: orderRoom.rate, value: <Rate rate={order.exchange_rate} currency={order.fiat_currency} /> },
          ...(order.completed_at === null
            ? []
            : [{ label: orderRoom.finishedAt, value: dayAndTime(order.completed_at, language) }]),
          ...(wallet.data === undefined
            ? []
            : [{ label: orderRoom.balanceNow, value: <Amount kopecks={wallet.data.available} /> }]),
        ]}
      />
      {order.my_rating !== null && (
        <p className={css.rule}>{orderRoom.rated({ stars: common.stars({ n: order.my_rating }) })}</p>
      )}
      {order.allowed_actions.includes("rate") && <Rate5 order={order} />}
    </div>
  );
};

/** What the operator gave as the reason, where one ended it. */
const Reason = ({ of }: { readonly of: Order }) => {
  const orderRoom = useWords("orderRoom");
  const resolution = of.dispute?.resolution ?? null;
  return resolution === null ? null : (
    <Notice tone="info" title={orderRoom.resolution}>
      <bdi>{resolution}</bdi>
    </Notice>
  );
};

const Rate5 = ({ order }: Props) => {
  const { common } = useText();
  const orderRoom = useWords("orderRoom");
  const [stars, setStars] = useState<number | null>(null);
  const [comment, setComment] = useState("");
  const name = counterpartyOf(order).name ?? common.nameless;
  const act = useAct({
    send: rateOrder,
    onDone: () => {
      void queryClient.invalidateQueries({ queryKey: keys.order(order.id) });
    },
  });
  return (
    <div className={css.step}>
      <StarsField legend={orderRoom.rateTitle({ name })} value={stars} onChange={setStars} />
      {stars !== null && (
        <>
          <TextArea
            label={orderRoom.rateComment}
            optional
            rows={2}
            maxLength={500}
            value={comment}
            onChange={({ target: { value } }) => setComment(value)}
          />
          <Refused error={act.failure} />
          <div>
            <Button kind="primary" busy={act.busy} onClick={() => act.submit({ id: order.id, stars, comment })}>
              {orderRoom.rateSend}
            </Button>
          </div>
        </>
      )}
    </div>
  );
};

export const CancelledStep = ({ order }: Props) => {
  const orderRoom = useWords("orderRoom");
  const { bare } = useMoney();
  const { outcome, role } = order;
  const canClaim = order.allowed_actions.includes("claim");
  const mayHavePaid =
    role === "buyer" &&
    (outcome === "payment_expired" || outcome === "cancelled_by_seller") &&
    order.allowed_actions.includes("message");
  if (order.claim !== null) return <ClaimedStep order={order} claim={order.claim} />;
  return (
    <div className={css.step}>
      <h2>{orderRoom.cancelledTitle}</h2>
      <p>
        {outcome === null || outcome === "released" || outcome === "dispute_split" ? "" : orderRoom[outcome]}{" "}
        {role === "seller" ? orderRoom.backToYou({ amount: bare(order.usdt_amount) }) : orderRoom.backToSeller}
      </p>
      <Reason of={order} />
      {canClaim && <Notice tone="soon">{orderRoom.paidClaim}</Notice>}
      {mayHavePaid && !canClaim && <Notice tone="soon">{orderRoom.paidAlready}</Notice>}
    </div>
  );
};

/** An order that was cancelled, and its buyer had paid all the same: so the buyer says, and so it may be found. */
const ClaimedStep = ({ order, claim }: Props & { readonly claim: NonNullable<Order["claim"]> }) => {
  const orderRoom = useWords("orderRoom");
  const { bare, fiat } = useMoney();
  const isBuyer = order.role === "buyer";
  const amount = bare(order.usdt_amount);
  if (claim === "open") {
    const paid = fiat(order.fiat_amount, order.fiat_currency);
    return (
      <div className={css.step}>
        <h2>
          {isBuyer ? (
            orderRoom.claimTitleBuyer
          ) : (
            <Say of={orderRoom.claimTitleSeller} with={{ amount: paid, name: <Name of={order.buyer} /> }} />
          )}
        </h2>
        <RailPayment order={order} />
        <p>
          {isBuyer ? (
            <Say of={orderRoom.claimTextBuyer} with={{ name: <Name of={order.seller} /> }} />
          ) : (
            orderRoom.claimTextSeller({ amount })
          )}
        </p>
      </div>
    );
  }
  const owed = { amount: bare(order.owed) };
  return (
    <div className={css.step}>
      <h2>{CLAIM_TITLES[claim](orderRoom, amount)}</h2>
      {order.owed > 0 && (
        <Notice tone="soon">{isBuyer ? orderRoom.claimOwedBuyer(owed) : orderRoom.claimOwedSeller(owed)}</Notice>
      )}
    </div>
  );
};

const CLAIM_TITLES: {
  readonly [Claim in Exclude<NonNullable<Order["claim"]>, "open">]: (
    words: Words["orderRoom"],
    amount: string,
  ) => string;
} = {
  honoured: (words, amount) => words.claimHonoured({ amount }),
  compensated: (words) => words.claimCompensated,
  dismissed: (words) => words.claimDismissed,
};
