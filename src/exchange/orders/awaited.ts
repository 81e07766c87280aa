/** What an order waits for from one of its parties: the step that is theirs alone, where there is one. */
import type { OrderStatus, PaymentClaim, Role } from "../tables/index.ts";
import type { PartyClaimAction } from "./claim-machine.ts";
import type { PartyAction } from "./machine.ts";

export type AwaitedAction = PartyAction | PartyClaimAction;

/** An open order waits for its buyer until it is paid, and then for its seller. */
const AWAITED: Readonly<Record<Role, { readonly status: OrderStatus; readonly action: PartyAction }>> = {
  buyer: { status: "pending", action: "confirm-paid" },
  seller: { status: "paid_by_buyer", action: "confirm-received" },
};

/** Whose open claims wait for that side: the buyer has spoken, the seller may honour. */
export const CLAIMED_SIDE: Role = "seller";

export type AwaitedOf = {
  readonly role: Role;
  readonly status: OrderStatus;
  readonly claim: PaymentClaim | null;
};

/** Null: it waits for somebody else, or for nobody. */
export const awaitedFrom = ({ role, status, claim }: AwaitedOf): AwaitedAction | null => {
  if (claim === "open") return role === CLAIMED_SIDE ? "honour" : null;
  return AWAITED[role].status === status ? AWAITED[role].action : null;
};
