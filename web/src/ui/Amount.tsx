/** Figures: amounts with smaller kopecks, rates, and a copy without blanks. */
import { money, moneyParts, premium, rateText } from "../kernel/money.ts";
import css from "./Amount.module.css";
import { useLanguage, useText } from "./text.tsx";

type Props = {
  readonly kopecks: number;
  readonly currency?: string | undefined;
  /** Says "in USDT" where a balance or an order's size first stands. */
  readonly inUsdt?: boolean;
  /** A limit: `,00` is left out. */
  readonly round?: boolean;
  readonly size?: "text" | "large" | "huge";
};

export const Amount = ({ kopecks, currency, inUsdt = false, round = false, size = "text" }: Props) => {
  const language = useLanguage();
  const { common } = useText();
  const { whole, decimals, sign } = moneyParts(kopecks, language, { currency: inUsdt ? "RUB" : currency, round });
  const figure = (
    <span className={css.figure}>
      {whole}
      {decimals && <span className={css.kopecks}>{decimals}</span>}
      {sign}
    </span>
  );
  const [before = "", after = ""] = inUsdt ? common.inUsdt({ amount: "\n" }).split("\n") : [];
  return (
    <span className={`${css.amount} ${css[size]}`}>
      {before}
      {figure}
      {after && <span className={css.unit}>{after}</span>}
    </span>
  );
};

/** The price of one unit and how far it is from 1:1: `1,02 ₽`, `+2 %`. */
export const Rate = ({ rate, currency }: { readonly rate: number; readonly currency: string }) => {
  const language = useLanguage();
  const difference = premium(rate);
  const sign = difference > 0 ? "+" : "−";
  return (
    <span className={css.amount}>
      <span className={css.figure}>{rateText(rate, language, currency)}</span>
      {difference !== 0 && currency === "RUB" && (
        <span className={css.premium}>{` ${sign}${Math.abs(difference)}\u00a0%`}</span>
      )}
    </span>
  );
};

/** Amounts as plain text, for sentences, labels and titles. */
export const useMoney = () => {
  const language = useLanguage();
  return {
    fiat: (kopecks: number, currency = "RUB") => money(kopecks, language, { currency }),
    bare: (kopecks: number) => money(kopecks, language),
    limit: (kopecks: number, currency?: string) => money(kopecks, language, { currency, round: true }),
    /** Of a currency: `₽`. */
    sign: (currency: string) => moneyParts(0, language, { currency }).sign.trim(),
  };
};
