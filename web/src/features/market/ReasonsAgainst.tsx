/** Why an ad cannot be taken, and the way out: the first reason that the server names. */
import { Link } from "@tanstack/react-router";
import type { Ad } from "../../data/types.ts";
import { useMoney } from "../../ui/Amount.tsx";
import { useText } from "../../ui/text.tsx";
import css from "./ReasonsAgainst.module.css";

export const ReasonsAgainst = ({ ad }: { readonly ad: Pick<Ad, "id" | "reasons"> }) => {
  const { market } = useText();
  const { bare, fiat } = useMoney();
  const first = ad.reasons?.[0];
  if (first === undefined) return null;
  const details = (first.details ?? {}) as Readonly<Record<string, unknown>>;
  const figure = (name: string): number => (typeof details[name] === "number" ? details[name] : 0);
  switch (first.reason) {
    case "own_ad":
      return (
        <p className={css.reason}>
          {market.reasonOwn}:{" "}
          <Link to="/my-ads/$adId/edit" params={{ adId: String(ad.id) }}>
            {market.reasonOwnEdit}
          </Link>
        </p>
      );
    case "active_order":
      return (
        <p className={css.reason}>
          {market.reasonOrder}:{" "}
          <Link to="/orders/$orderId" params={{ orderId: String(figure("order_id")) }}>
            {market.reasonOrderLink({ id: String(figure("order_id")) })}
          </Link>
        </p>
      );
    case "min_deposit":
      return (
        <InWallet
          reason={market.reasonDeposit({ required: fiat(figure("required")), deposited: bare(figure("deposited")) })}
        />
      );
    case "wagering":
      return <InWallet reason={market.reasonWagering({ left: bare(figure("required") - figure("wagered")) })} />;
    case "balance":
      return (
        <p className={css.reason}>
          {market.reasonBalance({
            available: bare(figure("available")),
            short: bare(figure("required") - figure("available")),
          })}
          :{" "}
          <Link to="/market" search={{ side: "buy" }}>
            {market.buy}
          </Link>
        </p>
      );
    case "strikes":
      return <p className={css.reason}>{market.reasonStrikes}</p>;
    case "suspended":
      return <p className={css.reason}>{market.reasonSuspended}</p>;
    case "unavailable":
      return <p className={css.reason}>{market.reasonUnavailable}</p>;
  }
};

/** A rule of selling: the wallet has its figures, and what they unlock. */
const InWallet = ({ reason }: { readonly reason: string }) => {
  const { market } = useText();
  return (
    <p className={css.reason}>
      {reason}: <Link to="/wallet">{market.reasonWallet}</Link>
    </p>
  );
};
