/** The catalogue of payment methods, from configuration: for forms and hints. No ad is refused by it. */

export const FIELD_KINDS = ["card", "phone", "iban", "text"] as const;

export type Labels = { readonly en: string; readonly ru: string; readonly uk: string };

export type PaymentField = {
  /** Of the pair in an ad's payment details. */
  readonly name: string;
  readonly labels: Labels;
  readonly kind: (typeof FIELD_KINDS)[number];
  readonly required: boolean;
};

export type PaymentMethod = { readonly id: string; readonly labels: Labels; readonly fields: readonly PaymentField[] };

/** As many as an ad takes details. */
const MAX_FIELDS = 10;
/** The catalogue is sent whole. */
const MAX_METHODS = 50;
const MAX_CHARACTERS = 64;

const LANGUAGES = ["en", "ru", "uk"];

const isText = (value: unknown): boolean =>
  typeof value === "string" && value.trim() !== "" && value.length <= MAX_CHARACTERS;

const holds = (value: unknown, members: readonly string[]): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.keys(value).sort().join() === members.toSorted().join();

const isLabels = (value: unknown): boolean => holds(value, LANGUAGES) && Object.values(value).every(isText);

const isField = (value: unknown): boolean =>
  holds(value, ["name", "labels", "kind", "required"]) &&
  isText(value.name) &&
  isLabels(value.labels) &&
  FIELD_KINDS.some((kind) => kind === value.kind) &&
  typeof value.required === "boolean";

const isMethod = (value: unknown): value is PaymentMethod =>
  holds(value, ["id", "labels", "fields"]) &&
  typeof value.id === "string" &&
  /^[a-z0-9_]{1,32}$/.test(value.id) &&
  isLabels(value.labels) &&
  Array.isArray(value.fields) &&
  value.fields.length >= 1 &&
  value.fields.length <= MAX_FIELDS &&
  value.fields.every(isField);

/** Null for what is no catalogue. @param text JSON */
export const readCatalogue = (text: string): readonly PaymentMethod[] | null => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const isCatalogue = Array.isArray(value) && value.length >= 1 && value.length <= MAX_METHODS && value.every(isMethod);
  return isCatalogue ? (value as readonly PaymentMethod[]) : null;
};

const bank: PaymentField = {
  name: "bank",
  labels: { en: "Bank", ru: "Банк", uk: "Банк" },
  kind: "text",
  required: false,
};
const holder: PaymentField = {
  name: "holder",
  labels: { en: "Account holder", ru: "Получатель", uk: "Отримувач" },
  kind: "text",
  required: false,
};

export const DEFAULT_PAYMENT_METHODS: readonly PaymentMethod[] = [
  {
    id: "card",
    labels: { en: "Bank card", ru: "Банковская карта", uk: "Банківська картка" },
    fields: [
      {
        name: "card_number",
        labels: { en: "Card number", ru: "Номер карты", uk: "Номер картки" },
        kind: "card",
        required: true,
      },
      bank,
      holder,
    ],
  },
  {
    id: "sbp",
    labels: { en: "Faster Payments (SBP)", ru: "СБП", uk: "СБП" },
    fields: [
      { name: "phone", labels: { en: "Phone", ru: "Телефон", uk: "Телефон" }, kind: "phone", required: true },
      { ...bank, required: true },
      holder,
    ],
  },
  {
    id: "bank_transfer",
    labels: { en: "Bank transfer", ru: "Банковский перевод", uk: "Банківський переказ" },
    fields: [
      {
        name: "account",
        labels: { en: "Account", ru: "Номер счёта", uk: "Номер рахунку" },
        kind: "text",
        required: true,
      },
      { ...bank, required: true },
      { ...holder, required: true },
    ],
  },
  {
    id: "iban",
    labels: { en: "IBAN transfer", ru: "Перевод по IBAN", uk: "Переказ за IBAN" },
    fields: [
      { name: "iban", labels: { en: "IBAN", ru: "IBAN", uk: "IBAN" }, kind: "iban", required: true },
      { ...holder, required: true },
    ],
  },
];

/** Paid from a bank's app, confirmed by the banks. */
export const RAIL_PAYMENT: PaymentMethod = {
  id: "rail",
  labels: { en: "By phone between banks", ru: "По телефону между банками", uk: "За телефоном між банками" },
  fields: [
    {
      name: "phone",
      labels: { en: "Phone linked to an account", ru: "Телефон со счётом", uk: "Телефон із рахунком" },
      kind: "phone",
      required: true,
    },
  ],
};
