/** One side of an order: what the order's state says of the buyer, or of the seller. */
import type { TraderId } from "../../kernel/index.ts";
import type { OrderState, Role } from "./orders.ts";

export type OrderSide = {
  readonly role: Role;
  readonly readSeq: number;
  readonly lines: number;
  readonly linesRead: number;
  readonly rating: number | null;
};

type Parties = { readonly buyerId: TraderId; readonly sellerId: TraderId };

/** Null for who is neither. */
export const roleOf = ({ buyerId, sellerId }: Parties, person: string): Role | null =>
  person === buyerId ? "buyer" : person === sellerId ? "seller" : null;

type Sides = Pick<
  OrderState,
  | "buyerReadSeq"
  | "buyerLines"
  | "buyerLinesRead"
  | "buyerRating"
  | "sellerReadSeq"
  | "sellerLines"
  | "sellerLinesRead"
  | "sellerRating"
>;

export const sideOf = (state: Sides, role: Role): OrderSide => ({
  role,
  readSeq: state[`${role}ReadSeq`],
  lines: state[`${role}Lines`],
  linesRead: state[`${role}LinesRead`],
  rating: state[`${role}Rating`],
});

export const withSide = (state: OrderState, { role, readSeq, lines, linesRead, rating }: OrderSide): OrderState => ({
  ...state,
  [`${role}ReadSeq`]: readSeq,
  [`${role}Lines`]: lines,
  [`${role}LinesRead`]: linesRead,
  [`${role}Rating`]: rating,
});
