/** The ads as rows: price, limits, payment, time, person, and the way in or the reason why there is none. */
import { Link } from "@tanstack/react-router";
import { useMethods, useRule } from "../../data/settings.ts";
import type { Ad } from "../../data/types.ts";
import { amountFor, fiatFor } from "../../kernel/money.ts";
import { Amount, Rate, useMoney } from "../../ui/Amount.tsx";
import { buttonClass } from "../../ui/Button.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./AdList.module.css";
import { type Filters, fiatOf } from "./filters.ts";
import { Maker } from "./Maker.tsx";
import { ReasonsAgainst } from "./ReasonsAgainst.tsx";

/** More methods than a row has room for are a number. */
const METHODS_SHOWN = 3;

type Props = { readonly ads: readonly Ad[]; readonly filters: Filters; readonly openAd: number | null };

export const AdList = ({ ads, filters, openAd }: Props) => {
  const { common, market } = useText();
  const methods = useMethods();
  const usualMinutes = useRule("pay_window");

  const columns: readonly Column<Ad>[] = [
    { key: "price", head: market.price, bare: true, cell: (ad) => <Price ad={ad} filters={filters} /> },
    { key: "limits", head: market.limits, cell: (ad) => <Limits ad={ad} /> },
    {
      key: "methods",
      head: market.methods,
      cell: ({ payment_methods: all }) => {
        const rest = all.length - METHODS_SHOWN;
        return all.slice(0, METHODS_SHOWN).map(methods.label).join(", ") + (rest > 0 ? ` +${rest}` : "");
      },
    },
    {
      key: "time",
      head: market.time,
      cell: ({ payment_window_minutes: own }) => {
        const minutes = own ?? usualMinutes;
        return minutes === null ? null : <span className={css.time}>{common.minutes({ n: minutes })}</span>;
      },
    },
    { key: "person", head: market.person, bare: true, cell: (ad) => <Maker ad={ad} /> },
    { key: "action", head: market.action, bare: true, cell: (ad) => <WayIn ad={ad} filters={filters} /> },
  ];
  return (
    <Table
      caption={filters.side === "buy" ? market.buy : market.sell}
      columns={openAd === null ? columns : columns.filter(({ key }) => key !== "time" && key !== "methods")}
      items={ads}
      idOf={({ id }) => id}
      isCurrent={({ id }) => id === openAd}
    />
  );
};

const Price = ({ ad, filters }: { readonly ad: Ad; readonly filters: Filters }) => {
  const { market } = useText();
  const { fiat, bare } = useMoney();
  const sum = filters.amount === undefined ? null : fiatOf(filters.amount);
  return (
    <div className={css.price}>
      <span className={css.rate}>
        <Rate rate={ad.exchange_rate} currency={ad.fiat_currency} />
      </span>
      {sum !== null && (
        <span className={css.second}>
          {filters.side === "buy"
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

const Limits = ({ ad }: { readonly ad: Ad }) => {
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

const WayIn = ({ ad, filters }: { readonly ad: Ad; readonly filters: Filters }) => {
  const { market } = useText();
  if (ad.can_take === false) return <ReasonsAgainst ad={ad} />;
  return (
    <Link
      to="/ads/$adId"
      params={{ adId: String(ad.id) }}
      search={(before) => before}
      className={`${buttonClass()} ${css.wayIn}`}
    >
      {filters.side === "buy" ? market.openBuy : market.openSell}
    </Link>
  );
};
