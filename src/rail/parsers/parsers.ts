/**
 * One parser for each member of the rail's requests: its value, or null when it does not follow the contract.
 * Texts are measured in code points, as people count them.
 */
import { isValidIBAN } from "ibantools";
import { isLine } from "../../http/index.ts";
import { isJsonObject, isNumber, type JsonObject, type JsonValue } from "../../jws/index.ts";
import { hasAtMost, type Instant, instant } from "../../kernel/index.ts";
import type { Participant } from "../tables/index.ts";

/**
 * The account of the published example. It has 25 characters and wrong check digits, so that it can be nobody's; in the
 * sandbox every participant may use it.
 */
export const FIXTURE_ACCOUNT = "UA41003506518366713636167";

const UKRAINIAN = /^UA\d{2}(\d{6})[A-Z0-9]{19}$/;

/** The six digits that name the bank of a Ukrainian account; null for an account of elsewhere. */
export const bankCodeOf = (account: string): string | null => UKRAINIAN.exec(account)?.[1] ?? null;

/** Whose accounts a caller may name. */
export type AccountOwner = { readonly bankCodes: readonly string[]; readonly fixtureAllowed: boolean };

export const ownerOf = ({ bankCodes, mode }: Pick<Participant, "bankCodes" | "mode">): AccountOwner => ({
  bankCodes,
  fixtureAllowed: mode === "sandbox",
});

/** An IBAN of one of the caller's own bank codes. */
export const parseOwnAccount = (value: JsonValue | undefined, owner: AccountOwner): string | null => {
  if (typeof value !== "string") return null;
  if (value === FIXTURE_ACCOUNT) return owner.fixtureAllowed ? value : null;
  const code = bankCodeOf(value);
  return code !== null && owner.bankCodes.includes(code) && isValidIBAN(value) ? value : null;
};

/** E.164: a plus and fifteen digits. The pattern is configuration: it never sees more, whatever it would make of it. */
const MAX_PHONE = 16;
export const parsePhone = (value: JsonValue | undefined, pattern: RegExp): string | null =>
  typeof value === "string" && value.length <= MAX_PHONE && pattern.test(value) ? value : null;

const CURRENCY = /^[A-Z]{3}$/;
export const parseCurrency = (value: JsonValue | undefined): string | null =>
  typeof value === "string" && CURRENCY.test(value) ? value : null;

const EXTERNAL_ID = /^[!-~]{1,64}$/;
export const parseExternalId = (value: JsonValue | undefined): string | null =>
  typeof value === "string" && EXTERNAL_ID.test(value) ? value : null;

const MAX_JTI = 128;
/** 1 to 128 characters; not U+0000, which no database takes. */
export const parseJti = (value: JsonValue | undefined): string | null =>
  typeof value === "string" && value.length > 0 && hasAtMost(value, MAX_JTI) && !value.includes("\u0000")
    ? value
    : null;

const MAX_PURPOSE = 420;
/** Shown to people, as one line. */
export const parsePurpose = (value: JsonValue | undefined): string | null =>
  typeof value === "string" && hasAtMost(value, MAX_PURPOSE) && isLine(value) && value.normalize("NFC") === value
    ? value
    : null;

const MAX_CODE = 64;
/** Why a bank refuses money: a code, or a few words, such as may be shown to people. */
export const parseReason = (value: JsonValue | undefined): string | null =>
  typeof value === "string" && hasAtMost(value, MAX_CODE) ? parsePurpose(value) : null;

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A UUID; capitals are the same one. */
export const parseGuid = (value: unknown): string | null => {
  const text = typeof value === "string" ? value.toLowerCase() : "";
  return GUID.test(text) ? text : null;
};

/** @property minor in hundredths @property text as it was written */
export type ParsedAmount = { readonly minor: bigint; readonly text: string };

const AMOUNT = /^(0|[1-9]\d{0,8})(?:\.(\d{1,2}))?$/;

/** Up to two decimals as written, no exponent, above 0, at most 999999999.99. Never through a float. */
export const parseAmount = (value: JsonValue | undefined): ParsedAmount | null => {
  if (value === undefined || !isNumber(value)) return null;
  const [, whole, fraction = ""] = AMOUNT.exec(value.number) ?? [];
  if (whole === undefined) return null;
  const minor = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, "0"));
  return minor > 0n ? { minor, text: value.number } : null;
};

/** Hundredths as a bank writes them: two decimals. */
export const decimalOf = (minor: bigint): string => {
  const size = minor < 0n ? -minor : minor;
  return `${minor < 0n ? "-" : ""}${size / 100n}.${String(size % 100n).padStart(2, "0")}`;
};

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-](\d{2}):(\d{2}))$/;

/** The last instant that has four digits for its year, in rows as on the wire. */
const LAST = Date.UTC(9_999, 11, 31, 23, 59, 59, 999);

/** An instant of RFC 3339; no leap second, no day that there is not. */
export const parseInstant = (value: JsonValue | undefined): Instant | null => {
  const [, year, month, day, hour, minute, second, fraction = "", zone = "", zoneHour = "0", zoneMinute = "0"] =
    typeof value === "string" ? (RFC_3339.exec(value) ?? []) : [];
  if (year === undefined) return null;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (h > 23 || mi > 59 || s > 59 || Number(zoneHour) > 23 || Number(zoneMinute) > 59) return null;
  const local = Date.UTC(y, mo - 1, d, h, mi, s, Number(fraction.padEnd(3, "0").slice(0, 3)));
  const there = new Date(local);
  // Date.UTC rolls 31 June over to 1 July, and takes years below 100 for others.
  if (there.getUTCFullYear() !== y || there.getUTCMonth() !== mo - 1 || there.getUTCDate() !== d) return null;
  const offset = (Number(zoneHour) * 60 + Number(zoneMinute)) * 60_000;
  const at = zone.startsWith("-") ? local + offset : zone.startsWith("+") ? local - offset : local;
  return at > LAST ? null : instant(at);
};

/** A member that is an object; absent ones are empty. Undefined: there is one, and it is something else. */
export const parseObject = (members: JsonObject, name: string): JsonObject | undefined => {
  const value = members.get(name);
  if (value === undefined) return new Map();
  return isJsonObject(value) ? value : undefined;
};

/** The first of these members that is there and is not of the JSON type that it should have; `null` has none. */
export const findWrongType = (
  members: JsonObject,
  types: Readonly<Record<string, "string" | "number" | "boolean" | "object">>,
): string | undefined =>
  Object.entries(types).find(([name, type]) => {
    const value = members.get(name);
    return value !== undefined && typeOf(value) !== type;
  })?.[0];

const typeOf = (value: JsonValue): string => {
  if (value === null) return "null";
  if (isNumber(value)) return "number";
  if (isJsonObject(value)) return "object";
  return typeof value === "object" ? "list" : typeof value;
};
