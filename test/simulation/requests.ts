/** What the people of a simulation ask for. Ads and orders go by handles: their place among those that were made. */

export type AdType = "sell" | "buy";
export type Action = "confirm-paid" | "confirm-received" | "cancel" | "call-operator";
export type Status = "pending" | "paid_by_buyer" | "completed" | "cancelled" | "disputed";

/** Nothing has it. */
export const NOTHING = -1;
/** The host platform's name among the callers, and the clock's. */
export const HOST = "host";
export const CLOCK = "clock";
export const OPERATORS = ["olga", "petr"] as const;
/** Nobody was ever registered by this name. */
export const STRANGER = "stranger";

export type Terms = {
  readonly min: number;
  readonly max: number;
  /** Null: the maximum. */
  readonly total: number | null;
  readonly rate: number;
  readonly methods: readonly string[];
  /** Null: none. */
  readonly details: string | null;
  readonly windowMinutes: number | null;
};
export type GivenTerms = { readonly [Term in keyof Terms]?: Terms[Term] | undefined };

export type CreateAd = { readonly kind: "create-ad"; readonly who: string; readonly type: AdType } & {
  readonly terms: Terms;
};
export type EditAd = {
  readonly kind: "edit-ad";
  readonly who: string;
  readonly ad: number;
  readonly terms: GivenTerms;
  readonly status?: "active" | "paused" | undefined;
  readonly type?: AdType | undefined;
};
export type DeleteAd = { readonly kind: "delete-ad"; readonly who: string; readonly ad: number };
export type CreateOrder = {
  readonly kind: "create-order";
  readonly who: string;
  readonly ad: number;
  readonly amount: number;
  /** The amount is the sum to be paid. */
  readonly inFiat: boolean;
  readonly method: string;
  readonly version?: number | undefined;
  readonly details: string | null;
};
export type Act = {
  readonly kind: "act";
  readonly who: string;
  readonly action: Action;
  readonly order: number;
  readonly expected?: Status | undefined;
};
export type MeetDeadline = { readonly kind: "deadline"; readonly order: number };
/** An operator takes the case of an order, or ends it. */
export type Assign = {
  readonly kind: "assign";
  readonly who: string;
  readonly order: number;
  readonly takeOver: boolean;
};
export type Resolve = {
  readonly kind: "resolve";
  readonly who: string;
  readonly order: number;
  readonly outcome: "release" | "refund" | "split";
  /** Of a split: what the buyer gets. */
  readonly share: number;
};
export type Lift = { readonly kind: "lift"; readonly user: string };
export type Credit = {
  readonly kind: "credit";
  readonly user: string;
  readonly amount: number;
  readonly entry: "deposit" | "bonus" | "adjustment";
  readonly wagering?: number | undefined;
  readonly external: string;
};
export type Debit = {
  readonly kind: "debit";
  readonly user: string;
  readonly amount: number;
  readonly entry: "withdrawal" | "adjustment" | "deposit_reversal";
  readonly external: string;
};
export type Wager = {
  readonly kind: "wager";
  readonly user: string;
  readonly amount: number;
  readonly external: string;
};

/** About an order that was cancelled: the buyer has paid it, the seller makes it good. */
export type ActOnClaim = {
  readonly kind: "claim" | "honour";
  readonly who: string;
  readonly order: number;
  readonly expected?: Status | undefined;
};
/** @property amount of a compensation alone */
export type Decide = {
  readonly kind: "compensate" | "dismiss";
  readonly who: string;
  readonly order: number;
  readonly amount: number | null;
};
export type Collect = { readonly kind: "collect"; readonly order: number };
export type Suspend = {
  readonly kind: "suspend" | "resume";
  readonly who: string;
  readonly user: string;
  readonly despiteDebt: boolean;
};

export type Request =
  | ActOnClaim
  | Decide
  | Collect
  | Suspend
  | CreateAd
  | EditAd
  | DeleteAd
  | CreateOrder
  | Act
  | MeetDeadline
  | Assign
  | Resolve
  | Lift
  | Credit
  | Debit
  | Wager;

/** A request as it was sent, with or without an idempotency key. */
export type Sent = { readonly request: Request; readonly key: string | null };

export const callerOf = (request: Request): string => {
  if ("who" in request) return request.who;
  return "external" in request ? HOST : CLOCK;
};

/** What a host's call says besides its external id; the same id with other content is refused. */
export const contentOf = (request: Credit | Debit | Wager): string => {
  const { external: _external, ...content } = request;
  return JSON.stringify(content);
};
