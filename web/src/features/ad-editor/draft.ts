/** An ad as somebody is writing it: texts as they were typed, and what is sent when they make an ad. */
import type { OwnAd, PaymentMethod } from "../../data/types.ts";
import { parseAmount, plainAmount } from "../../kernel/money.ts";

export type Side = OwnAd["type"];

export type Draft = {
  readonly side: Side;
  readonly currency: string;
  readonly price: string;
  readonly min: string;
  readonly max: string;
  /** Empty: as much as the maximum. */
  readonly total: string;
  /** Empty: as long as is usual here. */
  readonly minutes: string;
  readonly methods: readonly string[];
  readonly details: Readonly<Record<string, string>>;
  readonly instructions: string;
};

/** One to one: most begin there. */
const FIRST_PRICE = "1,00";

export const emptyDraft = (side: Side, currency: string): Draft => ({
  side,
  currency,
  price: FIRST_PRICE,
  min: "",
  max: "",
  total: "",
  minutes: "",
  methods: [],
  details: {},
  instructions: "",
});

/** As a person would write it. */
const written = (kopecks: number): string => plainAmount(kopecks).replace(".", ",");

export const draftOf = (ad: OwnAd): Draft => ({
  side: ad.type,
  currency: ad.fiat_currency,
  price: written(ad.exchange_rate),
  min: written(ad.min_amount),
  max: written(ad.max_amount),
  total: ad.total_amount === ad.max_amount ? "" : written(ad.total_amount),
  minutes: ad.payment_window_minutes === null ? "" : String(ad.payment_window_minutes),
  methods: ad.payment_methods,
  details: ad.payment_details,
  instructions: ad.instructions,
});

const TEXTS = ["currency", "price", "min", "max", "total", "minutes", "instructions"] as const;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a browser kept may be of another version: what is not whole is none. */
export const isDraft = (value: unknown): value is Draft =>
  isRecord(value) &&
  (value.side === "sell" || value.side === "buy") &&
  TEXTS.every((name) => typeof value[name] === "string") &&
  Array.isArray(value.methods) &&
  value.methods.every((method) => typeof method === "string") &&
  isRecord(value.details) &&
  Object.values(value.details).every((detail) => typeof detail === "string");

export const isSameDraft = (one: Draft, other: Draft): boolean => JSON.stringify(one) === JSON.stringify(other);

export type Detail = {
  readonly name: string;
  readonly kind: PaymentMethod["fields"][number]["kind"];
  readonly required: boolean;
  /** Of the chosen methods, those that ask for it; none where the catalogue does not know it. */
  readonly of: readonly string[];
};

/**
 * What the chosen methods ask for, each name once, since an ad has one pair of a name; and what the ad says besides, so
 * that nothing is lost by editing it.
 */
export const detailsOf = (draft: Draft, catalogue: readonly PaymentMethod[], ad: OwnAd | null): readonly Detail[] => {
  const found = new Map<string, Detail>();
  for (const { id, fields } of catalogue.filter((method) => draft.methods.includes(method.id)))
    for (const { name, kind, required } of fields) {
      const known = found.get(name);
      found.set(name, {
        name,
        kind: known?.kind ?? kind,
        required: required || (known?.required ?? false),
        of: [...(known?.of ?? []), id],
      });
    }
  for (const name of Object.keys(ad?.payment_details ?? {}))
    if (!found.has(name)) found.set(name, { name, kind: "text", required: false, of: [] });
  return [...found.values()];
};

/** What is sent; null while an amount cannot be read. */
export const figuresOf = (draft: Draft) => {
  const read = (text: string): number | null => parseAmount(text).kopecks ?? null;
  const max = read(draft.max);
  return {
    rate: read(draft.price),
    min: read(draft.min),
    max,
    total: draft.total.trim() === "" ? max : read(draft.total),
    minutes: /^\d{1,6}$/.test(draft.minutes.trim()) ? Number(draft.minutes) : null,
  };
};

const filled = (draft: Draft, details: readonly Detail[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    details.map(({ name }) => [name, (draft.details[name] ?? "").trim()] as const).filter(([, value]) => value !== ""),
  );

/** The members that a new ad and an edited one share. @throws never: what cannot be read was found before */
export const termsOf = (draft: Draft, details: readonly Detail[]) => {
  const { rate, min, max, minutes } = figuresOf(draft);
  return {
    exchange_rate: rate ?? 0,
    min_amount: min ?? 0,
    max_amount: max ?? 0,
    payment_methods: [...draft.methods],
    instructions: draft.instructions.trim(),
    payment_window_minutes: minutes,
    // On a buy ad whoever sells says where to pay.
    ...(draft.side === "sell" && { payment_details: filled(draft, details) }),
  };
};
