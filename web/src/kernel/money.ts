/**
 * Amounts. Inside they are whole kopecks (minor units), never fractions; people read and write them as text. What is
 * computed goes through big integers, because an amount times a rate is above what a number holds exactly.
 */

/** The largest amount that the server takes, in minor units. */
export const MAX_KOPECKS = 10_000_000_000_000;

/** Why a text is no amount. */
export type AmountFault = "empty" | "not_a_number" | "third_decimal" | "too_large";

export type ParsedAmount =
  | { readonly kopecks: number; readonly fault?: never }
  | { readonly kopecks?: never; readonly fault: AmountFault };

/** Any blank that people and keyboards put between groups of digits. */
const BLANKS = /[\s\u00a0\u202f\u2009'’]/g;
const SIGNS = /[₽₴$€]|руб\.?|rub|usdt/gi;
const PLAIN = /^(\d+)(?:[.,](\d*))?$/;

/**
 * What a person typed or pasted: digits with a comma or a point before kopecks, blanks between groups, a sign of the
 * currency at either end. A third decimal is refused, not rounded: whoever wrote it meant something else.
 */
export const parseAmount = (text: string): ParsedAmount => {
  const bare = text.replace(SIGNS, "").replace(BLANKS, "");
  if (bare === "") return { fault: "empty" };
  const match = PLAIN.exec(ungrouped(bare));
  if (match === null) return { fault: "not_a_number" };
  const [, whole = "", decimals = ""] = match;
  if (decimals.length > 2) return { fault: "third_decimal" };
  const kopecks = BigInt(whole) * 100n + BigInt(decimals.padEnd(2, "0"));
  return kopecks > BigInt(MAX_KOPECKS) ? { fault: "too_large" } : { kopecks: Number(kopecks) };
};

/** "5,100.00" and "5.100,00" name their groups by the other mark: only where both stand, or one stands twice. */
const ungrouped = (text: string): string => {
  const last = Math.max(text.lastIndexOf(","), text.lastIndexOf("."));
  const groups = text.slice(0, Math.max(last, 0));
  const both = /[.,]/.test(groups);
  const wellFormed = /^\d{1,3}([.,]\d{3})+$/.test(groups) && new Set(groups.match(/[.,]/g)).size === 1;
  if (!both || !wellFormed || groups.includes(text.charAt(last))) return text;
  return groups.replace(/[.,]/g, "") + text.slice(last);
};

/** For machines and the clipboard: `5100.00`, no blanks. */
export const plainAmount = (kopecks: number): string => {
  const digits = String(Math.abs(kopecks)).padStart(3, "0");
  return `${kopecks < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** What is paid for an amount at a rate (minor units of fiat for 100 units), rounded half up, as the server rounds. */
export const fiatFor = (amount: number, rate: number): number => Number((BigInt(amount) * BigInt(rate) + 50n) / 100n);

/** What is got for a sum at a rate, rounded down, as the server rounds. */
export const amountFor = (fiat: number, rate: number): number => Number((BigInt(fiat) * 100n) / BigInt(rate));

/** The difference of a rate from 1:1 in per cent: 102 is 2. */
export const premium = (rate: number): number => rate - 100;

export type MoneyParts = {
  /** With its sign and groups: `−5 100`. */
  readonly whole: string;
  /** With its mark: `,00`; empty for a round limit. */
  readonly decimals: string;
  /** With the blank before it: ` ₽`; empty without a currency. */
  readonly sign: string;
};

export type MoneyStyle = {
  /** ISO 4217; without one the bare figure. */
  readonly currency?: string | undefined;
  /** A round amount without its `,00`, as limits are written. */
  readonly round?: boolean | undefined;
};

/**
 * Figures look alike in all three languages, `5 100,00 ₽`: two people of one trade may read different ones. English has
 * no such format of its own and takes the Russian one.
 */
const FIGURES: Readonly<Record<string, string>> = { en: "ru", ru: "ru", uk: "uk" };

export const figuresOf = (language: string): string => FIGURES[language] ?? "ru";

const formats = new Map<string, Intl.NumberFormat>();

const formatOf = (language: string, currency: string | undefined, decimals: 0 | 2): Intl.NumberFormat => {
  const key = `${language} ${currency} ${decimals}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.NumberFormat(figuresOf(language), {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
    useGrouping: "always",
    ...(currency === undefined ? {} : { style: "currency", currency, currencyDisplay: "narrowSymbol" }),
  });
  formats.set(key, made);
  return made;
};

/** An amount in pieces, for a page that sets its kopecks smaller. */
export const moneyParts = (kopecks: number, language: string, style: MoneyStyle = {}): MoneyParts => {
  const decimals = style.round === true && kopecks % 100 === 0 ? 0 : 2;
  const plain = plainAmount(kopecks) as `${number}`;
  const parts = formatOf(language, style.currency, decimals).formatToParts(plain);
  const join = (...types: readonly string[]) =>
    parts
      .filter(({ type }) => types.includes(type))
      .map(({ value }) => value)
      .join("");
  const currency = join("currency");
  return {
    whole: join("minusSign", "integer", "group").replace("-", "−"),
    decimals: join("decimal", "fraction"),
    sign: currency === "" ? "" : `\u00a0${currency}`,
  };
};

/** An amount as text: `5 100,00 ₽`. */
export const money = (kopecks: number, language: string, style: MoneyStyle = {}): string => {
  const { whole, decimals, sign } = moneyParts(kopecks, language, style);
  return whole + decimals + sign;
};

/** A price in fiat for one unit: a rate of 102 is `1,02`. */
export const rateText = (rate: number, language: string, currency?: string): string =>
  money(rate, language, { currency });
