/** What of a dossier's entries the page shows: rows as the server recorded them, read with care. */
import type { Dossier } from "../../data/types.ts";

type Entry = Dossier["entries"][number];

export const GROUPS = ["chat", "steps", "money", "operators"] as const;
export type Group = (typeof GROUPS)[number];

export type Told = { readonly key: string; readonly at: string; readonly group: Group } & (
  | {
      readonly kind: "line";
      readonly seq: number;
      readonly sender: string | null;
      readonly byOperator: boolean;
      readonly message: string;
      readonly hidden: boolean;
    }
  | {
      readonly kind: "step";
      readonly status: string;
      readonly action: string;
      readonly actor: string | null;
      readonly details: string;
    }
  | { readonly kind: "money"; readonly what: string; readonly amount: number }
  | {
      readonly kind: "file";
      readonly id: string;
      readonly name: string;
      readonly type: string;
      readonly sha256: string;
      /** Of what was sent: the same, but for pictures that were freed of their metadata. */
      readonly originalSha256: string;
      readonly sender: string | null;
    }
  | { readonly kind: "act"; readonly act: string; readonly actor: string | null; readonly details: string }
);

export type FileTold = Extract<Told, { readonly kind: "file" }>;

const text = (entry: Entry, name: string): string | null => {
  const value: unknown = Reflect.get(entry.data, name);
  return typeof value === "string" ? value : null;
};
const figure = (entry: Entry, name: string): number => {
  const value: unknown = Reflect.get(entry.data, name);
  return typeof value === "number" ? value : 0;
};

const textsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(Object(value)).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );

/** Reasons and comments that came with an act, as one line. */
const detailsOf = (entry: Entry): string => {
  const details: unknown = Reflect.get(entry.data, "details");
  if (typeof details !== "object" || details === null) return "";
  return Object.values(details)
    .filter((value) => typeof value === "string" && value !== "")
    .join(" · ");
};

const hiddenSeqs = (entries: readonly Entry[]): ReadonlySet<number> =>
  new Set(entries.filter(({ kind }) => kind === "hidden_message").map((entry) => figure(entry, "seq")));

/** In the order of time. What only the signature needs is left out: terms, read marks, the system's own lines. */
export const storyOf = ({ entries }: Dossier): readonly Told[] => {
  const hidden = hiddenSeqs(entries);
  return entries.flatMap((entry, index): Told[] => {
    const base = { key: `${index} ${entry.kind}`, at: entry.at };
    switch (entry.kind) {
      case "message": {
        const by = text(entry, "kind");
        if (by === "system") return [];
        const seq = figure(entry, "seq");
        const line = { seq, sender: text(entry, "sender"), byOperator: by === "operator", hidden: hidden.has(seq) };
        return [{ ...base, ...line, group: "chat", kind: "line", message: text(entry, "message") ?? "" }];
      }
      case "attachment": {
        const file = {
          id: text(entry, "id") ?? "",
          name: text(entry, "name") ?? "",
          type: text(entry, "type") ?? "",
          sha256: text(entry, "sha256") ?? "",
          originalSha256: text(entry, "original_sha256") ?? "",
        };
        return [{ ...base, ...file, group: "chat", kind: "file", sender: text(entry, "uploader_id") }];
      }
      case "status": {
        const step = {
          status: text(entry, "status") ?? "",
          action: text(entry, "action") ?? "",
          actor: text(entry, "actor"),
        };
        return [{ ...base, ...step, group: "steps", kind: "step", details: detailsOf(entry) }];
      }
      case "transfer":
        return [
          { ...base, group: "money", kind: "money", what: text(entry, "kind") ?? "", amount: figure(entry, "amount") },
        ];
      case "operator_act": {
        const act = { act: text(entry, "act") ?? "", actor: text(entry, "operator_id") };
        return [{ ...base, ...act, group: "operators", kind: "act", details: detailsOf(entry) }];
      }
      default:
        return [];
    }
  });
};

/** What ends a case: an operator's decision, or what a party does by itself. */
const ENDINGS = [
  "release",
  "refund",
  "split",
  "compensate",
  "dismiss",
  "confirm-received",
  "cancel",
  "honour",
] as const;

export type Ending = {
  readonly action: (typeof ENDINGS)[number];
  readonly actor: string | null;
  /** The operator's; empty where a party ended it. */
  readonly reason: string;
};

/** How the case of a dossier ended; null while it has not. */
export const endingOf = ({ entries }: Dossier): Ending | null => {
  const last = entries.findLast(({ kind }) => kind === "status");
  const action = ENDINGS.find((one) => last !== undefined && text(last, "action") === one);
  if (last === undefined || action === undefined) return null;
  const act = entries.findLast((entry) => entry.kind === "operator_act" && text(entry, "act") === action);
  return { action, actor: text(last, "actor"), reason: act === undefined ? "" : detailsOf(act) };
};

/** The terms of the order: its first entry. */
export type Terms = {
  readonly fiatAmount: number;
  readonly fiatCurrency: string;
  readonly usdtAmount: number;
  readonly method: string;
  readonly rate: number;
  readonly instructions: string;
  readonly details: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly payBy: string | null;
  /** When a side did what a deadline or a case waits for; null where it has not. */
  readonly paidAt: string | null;
  readonly calledAt: string | null;
};

/** When it was last done. */
const doneAt = ({ entries }: Dossier, ...actions: readonly string[]): string | null =>
  entries.findLast((entry) => entry.kind === "status" && actions.includes(text(entry, "action") ?? ""))?.at ?? null;

export const termsOf = (dossier: Dossier): Terms | null => {
  const order = dossier.entries.find(({ kind }) => kind === "order");
  if (order === undefined) return null;
  return {
    fiatAmount: figure(order, "fiat_amount"),
    fiatCurrency: text(order, "fiat_currency") ?? "RUB",
    usdtAmount: figure(order, "usdt_amount"),
    method: text(order, "payment_method") ?? "",
    rate: figure(order, "exchange_rate"),
    instructions: text(order, "instructions") ?? "",
    details: textsOf(Reflect.get(order.data, "payment_details")),
    createdAt: order.at,
    payBy: text(order, "pay_by"),
    paidAt: doneAt(dossier, "confirm-paid"),
    calledAt: doneAt(dossier, "call-operator", "escalate", "claim"),
  };
};
