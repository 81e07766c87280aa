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
      readonly sha256: string;
      readonly sender: string | null;
    }
  | { readonly kind: "act"; readonly act: string; readonly actor: string | null; readonly details: string }
);

const text = (entry: Entry, name: string): string | null => {
  const value: unknown = Reflect.get(entry.data, name);
  return typeof value === "string" ? value : null;
};
const figure = (entry: Entry, name: string): number => {
  const value: unknown = Reflect.get(entry.data, name);
  return typeof value === "number" ? value : 0;
};

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
          sha256: text(entry, "sha256") ?? "",
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

/** The terms of the order: its first entry. */
export type Terms = {
  readonly fiatAmount: number;
  readonly fiatCurrency: string;
  readonly usdtAmount: number;
  readonly method: string;
  readonly createdAt: string | null;
};

export const termsOf = ({ entries }: Dossier): Terms | null => {
  const order = entries.find(({ kind }) => kind === "order");
  if (order === undefined) return null;
  return {
    fiatAmount: figure(order, "fiat_amount"),
    fiatCurrency: text(order, "fiat_currency") ?? "RUB",
    usdtAmount: figure(order, "usdt_amount"),
    method: text(order, "payment_method") ?? "",
    createdAt: order.at,
  };
};
