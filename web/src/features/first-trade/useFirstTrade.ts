/**
 * The guide's own state: which order it follows, and whether it is over. It begins with the first order that its reader
 * takes on that side, stays with it to the end, also over a reload, and once it was closed or went to its end it is over in
 * this browser, whoever signs in.
 */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useMe } from "../../data/me.ts";
import { orderQuery } from "../../data/orders.ts";
import type { Order } from "../../data/types.ts";
import { stored } from "../../kernel/storage.ts";
import { type Place, placeOf, type Side } from "./steps.ts";

const isTrue = (value: unknown): value is true => value === true;
const isId = (value: unknown): value is number => Number.isSafeInteger(value);

const overOf = (side: Side) => stored(`first-trade.${side}.over`, isTrue);
/** Of one person: another one's order is nobody else's business. */
const orderOf = (side: Side, personId: string) => stored(`first-trade.${side}.order.${personId}`, isId);

/** The taker's view of an order. */
const SIDE_OF_ORDER = { buy: "deposit", sell: "withdraw" } as const;

export type FirstTrade = {
  readonly place: Place;
  readonly order: Order | null;
  readonly close: () => void;
};

/** Null: there is nothing to guide, or not yet. */
export const useFirstTrade = (side: Side, personId: string, path: string): FirstTrade | null => {
  const [isOver, setOver] = useState(() => overOf(side).read() ?? false);
  const [remembered, remember] = useState(() => orderOf(side, personId).read());
  const me = useMe();
  const active = me.data?.active_orders.find((order) => order.side === SIDE_OF_ORDER[side])?.order_id ?? null;
  const id = active ?? remembered;
  const followed = useQuery({ ...orderQuery(id ?? 0), enabled: id !== null && !isOver });
  const order = (id !== null && followed.data) || null;
  const place = placeOf(side, order, path.startsWith("/ads/"));

  useEffect(() => {
    if (active === null) return;
    orderOf(side, personId).write(active);
    remember(active);
  }, [active, side, personId]);
  useEffect(() => {
    // What stands on the page stays there until its reader leaves.
    if (place === "finished") overOf(side).write(true);
  }, [place, side]);

  if (isOver || me.data === undefined || (id !== null && followed.isPending)) return null;
  return {
    place,
    order,
    close: () => {
      overOf(side).write(true);
      setOver(true);
    },
  };
};
