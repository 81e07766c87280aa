/** The form: an amount in either money, presets, a method, both totals, and one button. */
import { Link, useRouterState } from "@tanstack/react-router";
import { useState } from "react";
import { useSession } from "../../data/session.ts";
import { useMethods } from "../../data/settings.ts";
import type { Ad } from "../../data/types.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { Button, buttonClass, Reasoned } from "../../ui/Button.tsx";
import { RadioCards } from "../../ui/Choice.tsx";
import { Rows } from "../../ui/Copy.tsx";
import { AmountField, TextField } from "../../ui/Field.tsx";
import { Refused } from "../../ui/failure.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import css from "./TakeForm.module.css";
import { type Taking, useTaking } from "./useTaking.ts";

type Props = {
  readonly ad: Ad;
  readonly sum: number | null;
  readonly minutes: number | null;
  readonly onStarted: (orderId: number) => void;
  readonly onStale: () => void;
};

export const TakeForm = ({ ad, sum, minutes, onStarted, onStale }: Props) => {
  const { common } = useText();
  const take = useWords("take");
  const { fiat } = useMoney();
  const methods = useMethods();
  const taking = useTaking({ ad, sum, onStarted, onStale });
  const { isBuying, totals, method } = taking;
  return (
    <div className={css.form}>
      <AmountPart ad={ad} taking={taking} written={sum !== null} />
      <RadioCards
        legend={take.method}
        name="method"
        value={method}
        onChange={taking.chooseMethod}
        options={ad.payment_methods.map((id) => ({ value: id, label: methods.label(id) }))}
      />
      {!isBuying && method !== null && <OwnDetails taking={taking} method={method} />}
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
        {isBuying ? take.safeBuy : take.safeSell}{" "}
        <Link to="/help/safety" target="_blank">
          {take.safety}
        </Link>
      </p>
      {taking.act.failure?.code !== "VERSION_MISMATCH" && <Refused error={taking.act.failure} />}
      <StartButton ad={ad} taking={taking} />
    </div>
  );
};

type PartProps = { readonly ad: Ad; readonly taking: Taking; readonly written: boolean };

const AmountPart = ({ ad, taking, written }: PartProps) => {
  const take = useWords("take");
  const { sign } = useMoney();
  const { as, isBuying, limit, worth } = taking;
  const [left, setLeft] = useState(written);
  const words = isBuying ? { fiat: take.pay, usdt: take.get } : { fiat: take.receive, usdt: take.give };
  const why = { ad: take.maxByAd, remainder: take.maxByRemainder, balance: take.maxByBalance }[limit.by];
  const presets = [
    [take.min, ad.min_amount],
    [take.half, Math.max(ad.min_amount, Math.floor(limit.max / 200) * 100)],
    [take.max, limit.max],
  ] as const;
  const preset = (usdt: number) => () => {
    taking.preset(usdt);
    setLeft(true);
  };
  return (
    <div className={css.amount}>
      <div className={css.ways}>
        {(["fiat", "usdt"] as const).map((way) => (
          <button
            key={way}
            type="button"
            className={css.way}
            aria-pressed={as === way}
            onClick={() => taking.turn(way)}
          >
            {words[way]}
          </button>
        ))}
      </div>
      <AmountField
        label={as === "usdt" ? take.inUsdt({ amount: words[as] }) : words[as]}
        value={taking.text}
        onChange={(text) => {
          taking.write(text);
          setLeft(false);
        }}
        onBlur={() => setLeft(true)}
        sign={sign(as === "usdt" ? "RUB" : ad.fiat_currency)}
        error={left ? taking.fault : undefined}
        hint={why({ amount: worth(limit.max) })}
        large
        name="amount"
      />
      <div className={css.presets}>
        {presets.map(([word, usdt]) => (
          <Button key={word} small onClick={preset(usdt)}>
            {word}
          </Button>
        ))}
      </div>
    </div>
  );
};

const OwnDetails = ({ taking, method }: { readonly taking: Taking; readonly method: string }) => {
  const take = useWords("take");
  const methods = useMethods();
  const fields = methods.all.find(({ id }) => id === method)?.fields ?? [];
  const { details, writeDetails } = taking;
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
          onChange={({ target: { value } }) => writeDetails({ ...details, [name]: value })}
        />
      ))}
    </fieldset>
  );
};

const StartButton = ({ ad, taking }: { readonly ad: Ad; readonly taking: Taking }) => {
  const take = useWords("take");
  const { fiat, bare } = useMoney();
  const session = useSession();
  const { totals, fault, method, isBuying, act, start } = taking;
  if (session.state === "asking") return null;
  if (session.state === "visitor") return <SignInFirst ad={ad} fiat={totals?.fiat ?? null} />;
  const reason = totals === null ? take.writeAmount : (fault ?? (method === null ? take.chooseMethod : undefined));
  const word =
    totals === null
      ? take.start
      : isBuying
        ? take.startBuy({ amount: fiat(totals.fiat, ad.fiat_currency) })
        : take.startSell({ amount: bare(totals.usdt) });
  return (
    <Reasoned reason={reason}>
      <Button kind="primary" wide busy={act.busy} disabled={reason !== undefined} onClick={start}>
        {word}
      </Button>
    </Reasoned>
  );
};

/** A visitor signs in when taking, not before, and comes back to the same ad and amount. */
const SignInFirst = ({ ad, fiat }: { readonly ad: Ad; readonly fiat: number | null }) => {
  const take = useWords("take");
  const search = useRouterState({ select: ({ location }) => location.searchStr });
  const back = new URLSearchParams(search);
  if (fiat !== null) back.set("amount", String(fiat / 100));
  return (
    <Link
      to="/sign-in"
      search={{ back: back.size === 0 ? `/ads/${ad.id}` : `/ads/${ad.id}?${back}` }}
      className={buttonClass({ kind: "primary", wide: true })}
    >
      {take.signIn}
    </Link>
  );
};
