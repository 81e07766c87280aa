/** The ads as rows: price, limits, payment, time, person, and the way in or the reason why there is none. */
import { Link } from "@tanstack/react-router";
import type { Ad } from "../../data/types.ts";
import { type ButtonKind, buttonClass } from "../../ui/Button.tsx";
import { type Column, Table } from "../../ui/Table.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./AdList.module.css";
import { Limits, Methods, Price, TimeToPay } from "./AdParts.tsx";
import type { Filters, Side } from "./filters.ts";
import { Maker } from "./Maker.tsx";
import { ReasonsAgainst } from "./ReasonsAgainst.tsx";

type Props = { readonly ads: readonly Ad[]; readonly filters: Filters; readonly openAd: number | null };

export const AdList = ({ ads, filters, openAd }: Props) => {
  const { market } = useText();
  const { side, amount } = filters;
  const columns: readonly Column<Ad>[] = [
    { key: "price", head: market.price, bare: true, cell: (ad) => <Price ad={ad} side={side} amount={amount} /> },
    { key: "limits", head: market.limits, cell: (ad) => <Limits ad={ad} /> },
    { key: "methods", head: market.methods, cell: (ad) => <Methods ad={ad} /> },
    { key: "time", head: market.time, cell: (ad) => <TimeToPay ad={ad} /> },
    { key: "person", head: market.person, bare: true, cell: (ad) => <Maker ad={ad} /> },
    { key: "action", head: market.action, bare: true, cell: (ad) => <WayIn ad={ad} side={side} /> },
  ];
  return (
    <Table
      caption={side === "buy" ? market.buy : market.sell}
      columns={openAd === null ? columns : columns.filter(({ key }) => key !== "time" && key !== "methods")}
      items={ads}
      idOf={({ id }) => id}
      isCurrent={({ id }) => id === openAd}
    />
  );
};

type WayInProps = { readonly ad: Ad; readonly side: Side; readonly kind?: ButtonKind };

/** Into the ad, or why not. */
export const WayIn = ({ ad, side, kind = "secondary" }: WayInProps) => {
  const { market } = useText();
  if (ad.can_take === false) return <ReasonsAgainst ad={ad} />;
  return (
    <Link
      to="/ads/$adId"
      params={{ adId: String(ad.id) }}
      search={(before) => before}
      className={`${buttonClass({ kind })} ${css.wayIn}`}
    >
      {side === "buy" ? market.openBuy : market.openSell}
    </Link>
  );
};
