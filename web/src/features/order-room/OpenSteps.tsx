/** The steps of an open order: pay, wait, check the bank, wait for an operator. */
import { useMethods } from "../../data/settings.ts";
import type { Order } from "../../data/types.ts";
import { plainAmount } from "../../kernel/money.ts";
import { timeOfDay } from "../../kernel/time.ts";
import { Amount, useMoney } from "../../ui/Amount.tsx";
import { type Row, Rows } from "../../ui/Copy.tsx";
import { Notice } from "../../ui/Notice.tsx";
import { Name, Say, useLanguage, useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { RailPayment } from "./RailPayment.tsx";
import css from "./Step.module.css";

type Props = { readonly order: Order };

/** Where to pay, as rows that can be copied; digits are copied without blanks. */
const useDetails = ({ payment_details: details, payment_method: method }: Order): readonly Row[] => {
  const methods = useMethods();
  return Object.entries(details as Readonly<Record<string, string>>).map(([name, value]) => ({
    label: methods.field(method, name),
    value,
    copy: /^[\d\s-]+$/.test(value) ? value.replace(/[\s-]/g, "") : value,
  }));
};

export const PendingBuyerStep = ({ order }: Props) => {
  const orderRoom = useWords("orderRoom");
  const { fiat } = useMoney();
  const methods = useMethods();
  const details = useDetails(order);
  const sum = fiat(order.fiat_amount, order.fiat_currency);
  return (
    <div className={css.step}>
      <h2>
        <Say of={orderRoom.payTitle} with={{ amount: sum, name: <Name of={order.seller} /> }} />
      </h2>
      <RailPayment order={order} />
      <Rows
        rows={[
          {
            label: orderRoom.amount,
            value: <Amount kopecks={order.fiat_amount} currency={order.fiat_currency} size="large" />,
            copy: plainAmount(order.fiat_amount),
          },
          { label: orderRoom.method, value: methods.label(order.payment_method) },
          ...details,
          { label: orderRoom.name, value: <Name of={order.seller} /> },
        ]}
      />
      {order.instructions !== "" && (
        <Notice title={orderRoom.instructions}>
          <p className={css.plain}>{order.instructions}</p>
        </Notice>
      )}
      <p className={css.rule}>{orderRoom.payRule}</p>
    </div>
  );
};

export const PendingSellerStep = ({ order }: Props) => {
  const orderRoom = useWords("orderRoom");
  const { fiat } = useMoney();
  const details = useDetails(order);
  return (
    <div className={css.step}>
      <h2>
        <Say of={orderRoom.waitPayTitle} with={{ name: <Name of={order.buyer} /> }} />
      </h2>
      <RailPayment order={order} />
      <p>
        <Say of={orderRoom.held} with={{ amount: <Amount kopecks={order.usdt_amount} inUsdt /> }} />{" "}
        {orderRoom.willBePaid({ amount: fiat(order.fiat_amount, order.fiat_currency) })}
      </p>
      <details className={css.more}>
        <summary>{orderRoom.buyerSees}</summary>
        <Rows rows={details.map(({ label, value }) => ({ label, value }))} />
      </details>
    </div>
  );
};

export const PaidBuyerStep = ({ order }: Props) => {
  const orderRoom = useWords("orderRoom");
  const language = useLanguage();
  const { median_release_seconds: median } = order.seller;
  const time = order.release_by === null ? null : timeOfDay(order.release_by, language);
  return (
    <div className={css.step}>
      <h2>
        <Say of={orderRoom.checksTitle} with={{ name: <Name of={order.seller} /> }} />
      </h2>
      <RailPayment order={order} />
      {time !== null && (
        <p>
          {median === null
            ? orderRoom.latest({ time })
            : orderRoom.usually({ n: String(Math.max(1, Math.round(median / 60))), time })}
        </p>
      )}
      <p className={css.rule}>{orderRoom.attachReceipt}</p>
    </div>
  );
};

export const PaidSellerStep = ({ order }: Props) => {
  const orderRoom = useWords("orderRoom");
  const { fiat } = useMoney();
  const details = useDetails(order);
  return (
    <div className={css.step}>
      <h2>
        <Say
          of={orderRoom.bankTitle}
          with={{ amount: fiat(order.fiat_amount, order.fiat_currency), name: <Name of={order.buyer} /> }}
        />
      </h2>
      <RailPayment order={order} />
      <Rows
        rows={[
          {
            label: orderRoom.amount,
            value: <Amount kopecks={order.fiat_amount} currency={order.fiat_currency} size="large" />,
          },
          ...details.map(({ label, value }) => ({ label, value })),
        ]}
      />
      <Notice tone="soon">{orderRoom.bankText}</Notice>
    </div>
  );
};

export const DisputedStep = ({ order }: Props) => {
  const { common } = useText();
  const orderRoom = useWords("orderRoom");
  const { dispute, role } = order;
  const reasons = orderRoom as Readonly<Record<string, unknown>>;
  const reason =
    typeof reasons[dispute?.reason ?? ""] === "string" ? String(reasons[dispute?.reason ?? ""]) : orderRoom.other;
  return (
    <div className={css.step}>
      <h2>{orderRoom.disputeTitle}</h2>
      <RailPayment order={order} />
      <p>
        {dispute === null || dispute.opened_by === null ? (
          orderRoom.disputeByClock
        ) : (
          <Say of={orderRoom.disputeBy} with={{ name: <Name of={order[dispute.opened_by]} />, reason }} />
        )}{" "}
        {dispute?.status === "assigned"
          ? orderRoom.disputeTaken({ name: dispute.assigned_to ?? common.nameless })
          : orderRoom.disputeWaits}
      </p>
      <p>{role === "buyer" ? orderRoom.disputeSendBuyer : orderRoom.disputeSendSeller}</p>
      <p className={css.rule}>{role === "buyer" ? orderRoom.disputeGiveUp : orderRoom.disputeRelease}</p>
    </div>
  );
};
