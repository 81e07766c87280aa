/** The pieces of an ad that a row and a card share: price, limits, methods, time to pay. */
import { useMethods, useRule } from "../../data/settings.ts";
import type { Ad } from "../../data/types.ts";
import { amountFor, fiatFor } from "../../kernel/money.ts";
import { Amount, Rate, useMoney } from "../../ui/Amount.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./AdList.module.css";
import { fiatOf, type Side } from "./filters.ts";

/** More methods than a row has room for are a number. */
const METHODS_SHOWN = 3;

type PriceProps = { readonly ad: Ad; readonly side: Side; readonly amount?: number | undefined };

/** @param side what the reader does @param amount of the filter: what it comes to at this price */
export const Price = ({ ad, side, amount }: PriceProps) => {
  const { market } = useText();
  const { fiat, bare } = useMoney();
  const sum = amount === undefined ? null : fiatOf(amount);
  return (
    <div className={css.price}>
      <span className={css.rate}>
        <Rate rate={ad.exchange_rate} currency={ad.fiat_currency} />
      </span>
      {sum !== null && (
        <span className={css.second}>
          {side === "buy"
            ? market.youPayYouGet({ pay: fiat(sum, ad.fiat_currency), get: bare(amountFor(sum, ad.exchange_rate)) })
            : market.youPayYouGet({
                pay: bare(amountFor(sum, ad.exchange_rate)),
                get: fiat(fiatFor(amountFor(sum, ad.exchange_rate), ad.exchange_rate), ad.fiat_currency),
              })}
        </span>
      )}
    </div>
  );
};

export const Limits = ({ ad }: { readonly ad: Ad }) => {
  const { market } = useText();
  const { limit } = useMoney();
  return (
    <div>
      <span className={css.range}>
        <Amount kopecks={ad.min_amount} round /> –{" "}
        <Amount kopecks={Math.min(ad.max_amount, ad.available_amount)} round />
      </span>
      <span className={css.second}>{market.left({ amount: limit(ad.available_amount) })}</span>
    </div>
  );
};

export const Methods = ({ ad }: { readonly ad: Ad }) => {
  const methods = useMethods();
  const rest = ad.payment_methods.length - METHODS_SHOWN;
  return ad.payment_methods.slice(0, METHODS_SHOWN).map(methods.label).join(", ") + (rest > 0 ? ` +${rest}` : "");
};

export const TimeToPay = ({ ad }: { readonly ad: Ad }) => {
  const { common } = useText();
  const usual = useRule("pay_window");
  const minutes = ad.payment_window_minutes ?? usual;
  return minutes === null ? null : <span className={css.time}>{common.minutes({ n: minutes })}</span>;
};
