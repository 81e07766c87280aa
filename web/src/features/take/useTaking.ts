/** What the taker has written so far, what is wrong with it, and the act that makes an order of it. */
import { useState } from "react";
import { useWallet } from "../../data/me.ts";
import { type Act, useAct } from "../../data/mutations.ts";
import { keys, queryClient } from "../../data/query.ts";
import type { Ad } from "../../data/types.ts";
import { parseAmount, plainAmount } from "../../kernel/money.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { useText } from "../../ui/text.tsx";
import { useWords } from "../../ui/words.ts";
import { type Limit, limitOf, totalsOf, type Written } from "./amounts.ts";
import { createOrder, type NewOrder } from "./queries.ts";

type Options = {
  readonly ad: Ad;
  /** In minor units of fiat, to begin with. */
  readonly sum: number | null;
  readonly onStarted: (orderId: number) => void;
  /** The ad is another one than what is shown. */
  readonly onStale: () => void;
};

export type Taking = {
  readonly isBuying: boolean;
  readonly text: string;
  readonly as: Written["as"];
  readonly totals: { readonly usdt: number; readonly fiat: number } | null;
  readonly limit: Limit;
  /** What is wrong with the amount. */
  readonly fault: string | undefined;
  /** A share of the balance in the money that is being written. */
  readonly worth: (usdt: number) => string;
  readonly write: (text: string) => void;
  readonly turn: (as: Written["as"]) => void;
  readonly preset: (usdt: number) => void;
  readonly method: string | null;
  readonly chooseMethod: (method: string) => void;
  readonly details: Readonly<Record<string, string>>;
  readonly writeDetails: (details: Readonly<Record<string, string>>) => void;
  readonly act: Act<NewOrder>;
  readonly start: () => void;
};

/** As a person would write it. */
const written = (kopecks: number): string => plainAmount(kopecks).replace(".", ",");

/** After these the ad is not what it was. */
const STALE: readonly string[] = ["VERSION_MISMATCH", "AD_NOT_ACTIVE", "AMOUNT_EXCEEDS_AVAILABLE"];

const filled = (details: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(details).filter(([, value]) => value.trim() !== ""));

export const useTaking = ({ ad, sum, onStarted, onStale }: Options): Taking => {
  const isBuying = ad.type === "sell";
  const wallet = useWallet();
  const only = ad.payment_methods.length === 1 ? (ad.payment_methods[0] ?? null) : null;
  const [text, write] = useState(sum === null ? "" : written(sum));
  const [as, setAs] = useState<Written["as"]>("fiat");
  const [method, chooseMethod] = useState(only);
  const [details, writeDetails] = useState<Readonly<Record<string, string>>>({});
  const { fiat, bare } = useMoney();

  const { kopecks = 0 } = parseAmount(text);
  const totals = kopecks === 0 ? null : totalsOf({ kopecks, as }, ad.exchange_rate);
  const limit = limitOf(ad, isBuying ? null : (wallet.data?.available ?? null));
  const inFiat = (usdt: number) => totalsOf({ kopecks: usdt, as: "usdt" }, ad.exchange_rate).fiat;
  const worth = (usdt: number) => (as === "fiat" ? fiat(inFiat(usdt), ad.fiat_currency) : bare(usdt));
  const fault = useFault(text, { least: ad.min_amount, most: limit.max, usdt: totals?.usdt ?? null, worth });

  const act = useAct({
    send: createOrder,
    onDone: (order) => {
      queryClient.setQueryData(keys.order(order.id), order);
      void queryClient.invalidateQueries({ queryKey: keys.me });
      onStarted(order.id);
    },
    onRefused: ({ code }) => {
      if (STALE.includes(code)) onStale();
    },
  });
  const given = filled(details);

  return {
    ...{ isBuying, text, as, totals, limit, fault, worth, write, method, chooseMethod, details, writeDetails, act },
    turn: (to) => {
      if (to !== as && totals !== null) write(written(totals[to]));
      setAs(to);
    },
    preset: (usdt) => write(written(as === "fiat" ? inFiat(usdt) : usdt)),
    start: () => {
      if (totals === null || method === null) return;
      const amount = as === "fiat" ? { fiat: kopecks } : { usdt: kopecks };
      const own = isBuying || Object.keys(given).length === 0 ? {} : { details: given };
      act.submit({ adId: ad.id, adVersion: ad.version, amount, method, ...own });
    },
  };
};

type Bounds = {
  readonly least: number;
  readonly most: number;
  readonly usdt: number | null;
  readonly worth: (usdt: number) => string;
};

const useFault = (text: string, { least, most, usdt, worth }: Bounds): string | undefined => {
  const { common } = useText();
  const take = useWords("take");
  const { fault } = parseAmount(text);
  if (fault === "third_decimal") return common.thirdDecimal;
  if (fault === "not_a_number") return common.notAnAmount;
  if (fault === "too_large") return common.tooLargeAmount;
  if (usdt === null) return undefined;
  if (usdt < least) return take.tooLow({ min: worth(least) });
  return usdt > most ? take.tooHigh({ max: worth(most) }) : undefined;
};
