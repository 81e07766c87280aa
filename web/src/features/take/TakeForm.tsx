/** The form: an amount in either money, presets, a method, both totals, and the act with its key. */
import { useState } from "react";
import { useWallet } from "../../data/me.ts";
import { useAct } from "../../data/mutations.ts";
import { keys, queryClient } from "../../data/query.ts";
import { useSession } from "../../data/session.ts";
import { useMethods } from "../../data/settings.ts";
import type { Ad, PaymentMethod } from "../../data/types.ts";
import { parseAmount, plainAmount } from "../../kernel/money.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button, Reasoned } from "../../ui/Button.tsx";
import { RadioCards } from "../../ui/Choice.tsx";
import { Rows } from "../../ui/Copy.tsx";
import { AmountField, TextField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { useText } from "../../ui/text.tsx";
import { limitOf, totalsOf, type Written } from "./amounts.ts";
import { createOrder } from "./queries.ts";
import css from "./TakeForm.module.css";

type Props = {
  readonly ad: Ad;
  readonly sum: number | null;
  readonly minutes: number | null;
  readonly onStarted: (orderId: number) => void;
  /** The ad is another one than what is shown. */
  readonly onStale: () => void;
};

const shown = (kopecks: number): string => plainAmount(kopecks).replace(".", ",");

export const TakeForm = ({ ad, sum, minutes, onStarted, onStale }: Props) => {
  const { common, take } = useText();
  const { fiat, bare } = useMoney();
  const session = useSession();
  const methods = useMethods();
  const wallet = useWallet();
  const isBuying = ad.type === "sell";
  const [text, setText] = useState(sum === null ? "" : shown(sum));
  const [as, setAs] = useState<Written["as"]>("fiat");
  const [left, setLeft] = useState(sum !== null);
  const [method, setMethod] = useState<string | null>(
    ad.payment_methods.length === 1 ? (ad.payment_methods[0] ?? null) : null,
  );
  const [details, setDetails] = useState<Readonly<Record<string, string>>>({});

  const parsed = parseAmount(text);
  const limit = limitOf(ad, isBuying ? null : (wallet.data?.available ?? null));
  const totals =
    parsed.kopecks === undefined || parsed.kopecks === 0
      ? null
      : totalsOf({ kopecks: parsed.kopecks, as }, ad.exchange_rate);
  const worth = (usdt: number) =>
    as === "fiat" ? fiat(totalsOf({ kopecks: usdt, as: "usdt" }, ad.exchange_rate).fiat, ad.fiat_currency) : bare(usdt);
  const fault = faultOf();

  function faultOf(): string | undefined {
    if (parsed.fault === "third_decimal") return common.thirdDecimal;
    if (parsed.fault === "not_a_number") return common.notAnAmount;
    if (parsed.fault === "too_large") return common.tooLargeAmount;
    if (totals === null) return undefined;
    if (totals.usdt < ad.min_amount) return take.tooLow({ min: worth(ad.min_amount) });
    if (totals.usdt > limit.max) return take.tooHigh({ max: worth(limit.max) });
    return undefined;
  }

  const act = useAct({
    send: createOrder,
    onDone: (order) => {
      queryClient.setQueryData(keys.order(order.id), order);
      void queryClient.invalidateQueries({ queryKey: keys.me });
      onStarted(order.id);
    },
    onRefused: ({ code }) => {
      if (code === "VERSION_MISMATCH" || code === "AD_NOT_ACTIVE" || code === "AMOUNT_EXCEEDS_AVAILABLE") onStale();
    },
  });

  const preset = (usdt: number) => {
    const { fiat: pays } = totalsOf({ kopecks: usdt, as: "usdt" }, ad.exchange_rate);
    setText(shown(as === "fiat" ? pays : usdt));
    setLeft(true);
  };
  const fields = isBuying ? [] : (methods.all.find(({ id }) => id === method)?.fields ?? []);
  const given = Object.fromEntries(Object.entries(details).filter(([, value]) => value.trim() !== ""));
  const start = () => {
    if (totals === null || method === null || parsed.kopecks === undefined) return;
    act.submit({
      adId: ad.id,
      adVersion: ad.version,
      amount: as === "fiat" ? { fiat: parsed.kopecks } : { usdt: parsed.kopecks },
      method,
      ...(isBuying || Object.keys(given).length === 0 ? {} : { details: given }),
    });
  };
  const reason = totals === null ? take.writeAmount : fault;
  const maxWords = { ad: take.maxByAd, remainder: take.maxByRemainder, balance: take.maxByBalance };

  return (
    <div className={css.form}>
      <div className={css.amount}>
        <fieldset className={css.ways}>
          <legend className={css.hidden}>{isBuying ? take.pay : take.receive}</legend>
          {(["fiat", "usdt"] as const).map((way) => (
            <button
              key={way}
              type="button"
              className={css.way}
              aria-pressed={as === way}
              onClick={() => {
                if (way === as) return;
                if (totals !== null) setText(shown(way === "fiat" ? totals.fiat : totals.usdt));
                setAs(way);
              }}
            >
              {way === "fiat" ? (isBuying ? take.pay : take.receive) : isBuying ? take.get : take.give}
            </button>
          ))}
        </fieldset>
        <AmountField
          label={as === "fiat" ? (isBuying ? take.pay : take.receive) : isBuying ? take.get : take.give}
          value={text}
          onChange={(next) => {
            setText(next);
            setLeft(false);
          }}
          onBlur={() => setLeft(true)}
          sign={as === "fiat" ? (ad.fiat_currency === "RUB" ? "₽" : ad.fiat_currency) : "USDT"}
          error={left ? fault : undefined}
          hint={maxWords[limit.by]({ amount: worth(limit.max) })}
          large
          name="amount"
        />
        <div className={css.presets}>
          <Button small onClick={() => preset(ad.min_amount)}>
            {take.min}
          </Button>
          <Button small onClick={() => preset(Math.max(ad.min_amount, Math.floor(limit.max / 200) * 100))}>
            {take.half}
          </Button>
          <Button small onClick={() => preset(limit.max)}>
            {take.max}
          </Button>
        </div>
      </div>
      <RadioCards
        legend={take.method}
        name="method"
        value={method}
        onChange={setMethod}
        options={ad.payment_methods.map((id) => ({ value: id, label: methods.label(id) }))}
      />
      {!isBuying && method !== null && (
        <OwnDetails method={method} fields={fields} details={details} onChange={setDetails} />
      )}
      <Rows
        rows={[
          {
            label: isBuying ? take.totalPay : take.totalReceive,
            value: totals === null ? "–" : fiat(totals.fiat, ad.fiat_currency),
          },
          {
            label: isBuying ? take.totalGet : take.totalGive,
            value: totals === null ? "–" : take.inUsdt({ amount: fiat(totals.usdt) }),
          },
        ]}
      />
      <p className={css.note}>
        {minutes !== null && (isBuying ? take.youHave : take.buyerHas)({ time: common.minutes({ n: minutes }) })}{" "}
        {isBuying ? take.safeBuy : take.safeSell}
      </p>
      <Refused error={act.failure} />
      {session.state === "person" && (
        <Reasoned reason={reason ?? (method === null ? take.method : undefined)}>
          <Button
            kind="primary"
            wide
            busy={act.busy}
            disabled={reason !== undefined || method === null}
            onClick={start}
          >
            {totals === null
              ? take.start
              : isBuying
                ? take.startBuy({ amount: fiat(totals.fiat, ad.fiat_currency) })
                : take.startSell({ amount: bare(totals.usdt) })}
          </Button>
        </Reasoned>
      )}
    </div>
  );
};

const OwnDetails = ({
  method,
  fields,
  details,
  onChange,
}: {
  readonly method: string;
  readonly fields: PaymentMethod["fields"];
  readonly details: Readonly<Record<string, string>>;
  readonly onChange: (details: Readonly<Record<string, string>>) => void;
}) => {
  const { take } = useText();
  const methods = useMethods();
  return (
    <fieldset className={css.details}>
      <legend>{take.ownDetails}</legend>
      {fields.map(({ name, kind, required }) => (
        <TextField
          key={name}
          label={methods.field(method, name)}
          value={details[name] ?? ""}
          optional={!required}
          inputMode={kind === "card" ? "numeric" : kind === "phone" ? "tel" : "text"}
          maxLength={200}
          onChange={({ target: { value } }) => onChange({ ...details, [name]: value })}
        />
      ))}
    </fieldset>
  );
};
