/**
 * What stands against publishing: found here before anything is sent, by the rules that the server says are in force, and
 * whatever else the server finds.
 */
import type { OwnAd } from "../../data/types.ts";
import { parseAmount } from "../../kernel/money.ts";
import { type Detail, type Draft, figuresOf } from "./draft.ts";

export type Rules = {
  readonly rate: Bounds;
  readonly minOrder: number;
  readonly window: Bounds;
  readonly usualMinutes: number | null;
  readonly methods: number;
  readonly detailCharacters: number;
  readonly instructionCharacters: number;
};
type Bounds = { readonly min: number; readonly max: number };

/** By the name of its field; a detail's is `details.` and its own. */
export type Field = "side" | "price" | "min" | "max" | "total" | "minutes" | "methods" | "instructions" | DetailField;
export type DetailField = `details.${string}`;

export type Fault =
  | { readonly field: Field; readonly kind: PlainKind }
  | { readonly field: Field; readonly kind: "rate" | "window"; readonly min: number; readonly max: number }
  | { readonly field: Field; readonly kind: "least" | "tooLong" | "tooMany"; readonly n: number }
  | { readonly field: Field; readonly kind: "sideTaken"; readonly adId: number | null }
  | { readonly field: Field; readonly kind: "server"; readonly message: string };
type PlainKind =
  | "needed"
  | "not_a_number"
  | "third_decimal"
  | "too_large"
  | "minAboveMax"
  | "totalBelowMin"
  | "noMethod"
  | "detailNeeded"
  | "noDetails"
  | "deceptive";

/** A block of the page, and on a phone a step: what, how much, getting paid. */
export type Block = 1 | 2 | 3;
export const BLOCKS: readonly Block[] = [1, 2, 3];

export const blockOf = (field: Field): Block => {
  if (field === "side" || field === "price") return 1;
  return field === "min" || field === "max" || field === "total" || field === "minutes" ? 2 : 3;
};

/** Controls, bidirectional and zero-width characters: with them one number looks like another. */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

type Given = {
  readonly draft: Draft;
  readonly rules: Rules;
  readonly details: readonly Detail[];
  /** The ad that is edited: what it was before is no fault now. */
  readonly ad: OwnAd | null;
};

export const faultsOf = (given: Given): readonly Fault[] => [
  ...priceFaults(given),
  ...amountFaults(given),
  ...minuteFaults(given),
  ...paymentFaults(given),
];

const unreadable = (field: Field, text: string, optional = false): readonly Fault[] => {
  const { fault, kopecks } = parseAmount(text);
  if (fault === "empty" || kopecks === 0) return optional && fault === "empty" ? [] : [{ field, kind: "needed" }];
  return fault === undefined ? [] : [{ field, kind: fault }];
};

const priceFaults = ({ draft, rules, ad }: Given): readonly Fault[] => {
  const { rate } = figuresOf(draft);
  const found = unreadable("price", draft.price);
  if (found.length > 0 || rate === null || rate === ad?.exchange_rate) return found;
  const { min, max } = rules.rate;
  return rate < min || rate > max ? [{ field: "price", kind: "rate", min, max }] : [];
};

const amountFaults = ({ draft, rules, ad }: Given): readonly Fault[] => {
  const { min, max, total } = figuresOf(draft);
  const found: Fault[] = [
    ...unreadable("min", draft.min),
    ...unreadable("max", draft.max),
    ...unreadable("total", draft.total, true),
  ];
  const isFine = (field: Field) => !found.some((fault) => fault.field === field);
  if (min !== null && isFine("min") && min < rules.minOrder && min !== ad?.min_amount)
    found.push({ field: "min", kind: "least", n: rules.minOrder });
  if (min !== null && max !== null && isFine("min") && isFine("max") && min > max)
    found.push({ field: "max", kind: "minAboveMax" });
  if (draft.total.trim() !== "" && min !== null && total !== null && isFine("total") && total < min)
    found.push({ field: "total", kind: "totalBelowMin" });
  return found;
};

const minuteFaults = ({ draft, rules }: Given): readonly Fault[] => {
  if (draft.minutes.trim() === "") return [];
  const { minutes } = figuresOf(draft);
  const { min, max } = rules.window;
  return minutes === null || minutes < min || minutes > max ? [{ field: "minutes", kind: "window", min, max }] : [];
};

const paymentFaults = ({ draft, rules, details, ad }: Given): readonly Fault[] => {
  const found: Fault[] = [];
  if (draft.methods.length === 0) found.push({ field: "methods", kind: "noMethod" });
  if (draft.methods.length > rules.methods) found.push({ field: "methods", kind: "tooMany", n: rules.methods });
  if (draft.side === "sell") found.push(...detailFaults({ draft, rules, details, ad }));
  if (draft.instructions.length > rules.instructionCharacters)
    found.push({ field: "instructions", kind: "tooLong", n: rules.instructionCharacters });
  return found;
};

const detailFaults = ({ draft, rules, details, ad }: Given): readonly Fault[] => {
  const found: Fault[] = [];
  for (const { name, required, of } of details) {
    const field: DetailField = `details.${name}`;
    const value = (draft.details[name] ?? "").trim();
    // An ad that was made without it, with details under names of its own, may be edited all the same.
    const wasWithout = ad !== null && of.every((id) => ad.payment_methods.includes(id));
    if (value === "" && required && !(wasWithout && ad.payment_details[name] === undefined))
      found.push({ field, kind: "detailNeeded" });
    if (value.length > rules.detailCharacters) found.push({ field, kind: "tooLong", n: rules.detailCharacters });
    if (DECEPTIVE.test(value)) found.push({ field, kind: "deceptive" });
  }
  const isEmpty = details.every(({ name }) => (draft.details[name] ?? "").trim() === "");
  if (isEmpty && found.length === 0 && draft.methods.length > 0) {
    const [first] = details;
    found.push({ field: first === undefined ? "methods" : `details.${first.name}`, kind: "noDetails" });
  }
  return found;
};

const FIELDS: Readonly<Record<string, Field>> = {
  type: "side",
  fiat_currency: "price",
  exchange_rate: "price",
  min_amount: "min",
  max_amount: "max",
  total_amount: "total",
  payment_window_minutes: "minutes",
  payment_methods: "methods",
  payment_details: "methods",
  instructions: "instructions",
};

/** RFC 6901. */
const unescaped = (step: string): string => step.replaceAll("~1", "/").replaceAll("~0", "~");

type Issue = { readonly pointer: string; readonly message: string };

/** What the server found, at the field that it is about; null where it is about none. */
const faultOfIssue = ({ pointer, message }: Issue): Fault | null => {
  const [, first = "", second] = pointer.split("/").map(unescaped);
  if (first === "payment_details" && second !== undefined)
    return { field: `details.${second}`, kind: "server", message };
  const field = FIELDS[first];
  return field === undefined ? null : { field, kind: "server", message };
};

type Refusal = { readonly code: string; readonly details?: unknown };

/** A refusal as faults of fields; none where it is about the whole. */
export const faultsOfRefusal = ({ code, details }: Refusal): readonly Fault[] => {
  const said = (details ?? {}) as { readonly issues?: readonly Issue[]; readonly ad_id?: number };
  if (code === "DUPLICATE_AD_TYPE") return [{ field: "side", kind: "sideTaken", adId: said.ad_id ?? null }];
  if (code !== "VALIDATION_ERROR") return [];
  return (said.issues ?? []).map(faultOfIssue).filter((fault) => fault !== null);
};
