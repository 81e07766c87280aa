/** What banks, and the clock, ask of the rail in a simulation. Guids are the store's own: they are made by whoever asks. */

type OrderTerms = {
  readonly who: string;
  /** What its guids are numbered with. */
  readonly number: number;
  /** Null: not given. */
  readonly expiresAt: number | null;
  /** As it is written, whole hryvnias; null: not given. */
  readonly amount: number | null;
  readonly external: string;
};

/** What the node that serves a call knows of the banks: it may be a moment old. */
export type Seen = {
  readonly candidates: readonly string[];
  readonly doubtful: readonly string[];
  readonly unavailable: readonly string[];
};

export type OrderByPhone = OrderTerms & {
  readonly kind: "order-by-phone";
  readonly seen: Seen;
  readonly phone: string;
  readonly debtor: string;
};
export type OrderByLink = OrderTerms & { readonly kind: "order-by-link"; readonly account: string };
export type ChangeAlias = {
  readonly kind: "link" | "unlink";
  /** Of the move that a link may begin. */
  readonly number: number;
  readonly who: string;
  readonly phone: string;
  readonly account: string;
};
export type ObjectToMove = { readonly kind: "object"; readonly who: string; readonly phone: string };
/** An operator decides what nobody had heard of. */
export type DecideMove = {
  readonly kind: "decide-move";
  readonly move: string;
  readonly decision: "complete" | "refuse";
};
/** `creditor_linked`; without an account it is a no. */
export type AnswerSearch = {
  readonly kind: "answer";
  readonly who: string;
  readonly search: string;
  readonly account: string | null;
};
/** The response to `link_creditor` itself, or that there was none. */
export type SettleAsk = {
  readonly kind: "settle-ask";
  readonly who: string;
  readonly search: string;
  readonly outcome: "asks" | "refuses" | "silent";
};
/** An operator suspends a bank or resumes it, or has it asked for receivers or not. */
export type EditBank = {
  readonly kind: "edit-bank";
  readonly bank: string;
  readonly changes: { readonly state: "active" | "suspended" } | { readonly receiverSearch: boolean };
};
export type OpenPayRequest = {
  readonly kind: "open";
  readonly who: string;
  readonly number: number;
  readonly order: string;
  readonly debtor: string;
};
export type Pay = {
  readonly kind: "pay";
  readonly who: string;
  readonly number: number;
  readonly order: string;
  readonly external: string;
  readonly amount: number;
  readonly currency: string;
};
export type SettlePayment = {
  readonly kind: "settle-payment";
  readonly who: string;
  readonly payment: string;
  readonly result: "success" | "failure";
  readonly reason: string | null;
};
/** The creditor's bank sends money back. */
export type ReturnMoney = {
  readonly kind: "return";
  readonly who: string;
  readonly number: number;
  readonly payment: string;
  readonly external: string;
  readonly amount: number;
};
/** The payer's bank asks for all of it. */
export type AskForReturn = { readonly kind: "ask-return"; readonly who: string; readonly payment: string };
export type RefuseReturn = { readonly kind: "refuse-return"; readonly who: string; readonly payment: string };
/** What the clock, and whoever follows aliases, submits. */
export type MaintenanceTask =
  | { readonly kind: "complete-move" | "hear-notice"; readonly move: string }
  | { readonly kind: "silence" | "lapse-return"; readonly payment: string }
  | { readonly kind: "leave-place"; readonly account: string; readonly phone: string }
  | { readonly kind: "settle-search" | "expire"; readonly order: string; readonly unavailable: readonly string[] }
  | { readonly kind: "search-deadline"; readonly search: string; readonly unheard: readonly string[] }
  | { readonly kind: "end-ask"; readonly search: string; readonly bank: string }
  | { readonly kind: "drop"; readonly request: string };

export type Request =
  | OrderByPhone
  | OrderByLink
  | ChangeAlias
  | ObjectToMove
  | DecideMove
  | AnswerSearch
  | SettleAsk
  | EditBank
  | OpenPayRequest
  | Pay
  | SettlePayment
  | ReturnMoney
  | AskForReturn
  | RefuseReturn
  | MaintenanceTask;

/** A request as it was sent, with or without an idempotency key. */
export type Sent = { readonly request: Request; readonly key: string | null };

/** Whose place in the queue it takes. */
export const callerOf = (request: Request): string => ("who" in request ? request.who : "clock");

/** What a request says besides what it was given on its way: what its key is for. */
export const contentOf = (request: Request): string =>
  JSON.stringify({ ...request, number: undefined, seen: undefined });

/** Guids by the number of the request that made them. */
export const guidOf = (
  run: string,
  kind: "order" | "request" | "search" | "payment" | "move" | "return",
  number: number,
): string => `${run}-${kind}${number}`;
