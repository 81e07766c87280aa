/**
 * Parses an order's payload in the contract's order of checks: form, type, then the members as the table of codes lists
 * them. What depends on the clock or on other rows is left to the command.
 */
import type { JsonObject } from "../../jws/index.ts";
import { type Instant, isRefusal, type Refusal, type RefusalOf, refuse } from "../../kernel/index.ts";
import { invalid } from "../errors.ts";
import {
  findWrongType,
  ownerOf,
  type ParsedAmount,
  parseAmount,
  parseCurrency,
  parseExternalId,
  parseInstant,
  parseObject,
  parseOwnAccount,
  parsePhone,
  parsePurpose,
} from "../parsers/index.ts";
import type { RailSettings } from "../settings.ts";
import type { OrderType, Participant } from "../tables/index.ts";

/** What `parseDraft` says no with. */
export const DRAFT_REFUSALS = [
  "INVALID_REQUEST",
  "INVALID_TYPE",
  "INVALID_DEBTOR_ACCOUNT",
  "INVALID_CREDITOR_PHONE",
  "INVALID_CURRENCY",
  "UNSUPPORTED_CURRENCY",
  "INVALID_EXTERNAL_ID",
  "EXPIRES_AT_IS_NOT-FUTURE_DATE",
] as const;

/** What is left to the command: the clock has to be asked first. */
export const LATE_REFUSALS = ["EXPIRES_AT_IS_NOT-FUTURE_DATE", "INVALID_PURPOSE", "INVALID_CREDITOR_ACCOUNT"] as const;

export type OrderDraft = {
  readonly type: OrderType;
  /** Of a phone order. */
  readonly phone: string | null;
  readonly debtorAccount: string | null;
  /** Of a link order. */
  readonly creditorAccount: string | null;
  readonly expiresAt: Instant | null;
  readonly expiresAtText: string | null;
  readonly amount: ParsedAmount | null;
  readonly currency: string;
  readonly externalId: string;
  readonly purpose: string;
  /** A fault that comes after `expires_at` in the order of checks. */
  readonly afterExpiry: RefusalOf<typeof LATE_REFUSALS> | null;
};

const TYPES = {
  type: "string",
  creditor: "object",
  debtor: "object",
  expires_at: "string",
  amount: "number",
  currency: "string",
  external_id: "string",
  purpose: "string",
} as const;

/** Faults of form, whatever the type. */
const findWrongForm = (payload: JsonObject): Refusal<"INVALID_REQUEST"> | null => {
  const wrong = findWrongType(payload, TYPES);
  if (wrong !== undefined) return invalid(wrong);
  const creditor = parseObject(payload, "creditor") ?? new Map();
  const inCreditor = findWrongType(creditor, { phone: "string", account: "string" });
  if (inCreditor !== undefined) return invalid(`creditor.${inCreditor}`);
  const inDebtor = findWrongType(parseObject(payload, "debtor") ?? new Map(), { account: "string" });
  if (inDebtor !== undefined) return invalid(`debtor.${inDebtor}`);
  return payload.has("amount") && parseAmount(payload.get("amount")) === null ? invalid("amount") : null;
};

const isOrderType = (type: unknown): type is OrderType => type === "phone" || type === "link";

export const parseDraft = (
  payload: JsonObject,
  participant: Participant,
  settings: RailSettings,
): OrderDraft | RefusalOf<typeof DRAFT_REFUSALS> => {
  const form = findWrongForm(payload);
  if (form !== null) return form;
  const type = payload.get("type");
  if (!isOrderType(type)) return refuse("INVALID_TYPE", { field: "type" });
  const sides = parseSides(payload, type, participant, settings);
  if (isRefusal(sides)) return sides;
  const currency = parseCurrency(payload.get("currency"));
  if (currency === null) return refuse("INVALID_CURRENCY", { field: "currency" });
  if (!settings.currencies.includes(currency)) return refuse("UNSUPPORTED_CURRENCY", { field: "currency" });
  const externalId = parseExternalId(payload.get("external_id"));
  if (externalId === null) return refuse("INVALID_EXTERNAL_ID", { field: "external_id" });
  const expiresAtText = payload.get("expires_at");
  const expiresAt = parseInstant(expiresAtText);
  if (expiresAtText !== undefined && expiresAt === null) return NOT_FUTURE;
  const purpose = parsePurpose(payload.get("purpose"));
  const { creditorAccount, ...known } = sides;
  return {
    type,
    ...known,
    creditorAccount: typeof creditorAccount === "string" ? creditorAccount : null,
    expiresAt,
    expiresAtText: typeof expiresAtText === "string" ? expiresAtText : null,
    amount: parseAmount(payload.get("amount")),
    currency,
    externalId,
    purpose: purpose ?? "",
    afterExpiry:
      purpose === null
        ? refuse("INVALID_PURPOSE", { field: "purpose" })
        : isRefusal(creditorAccount)
          ? creditorAccount
          : null,
  };
};

export const NOT_FUTURE = refuse("EXPIRES_AT_IS_NOT-FUTURE_DATE", { field: "expires_at" });

type Sides = {
  readonly phone: string | null;
  readonly debtorAccount: string | null;
  /** Checked here, refused last. */
  readonly creditorAccount: string | null | Refusal<"INVALID_CREDITOR_ACCOUNT">;
};

/** The two ends of the payment; a member that the type does not have gets that member's own code. */
const parseSides = (
  payload: JsonObject,
  type: OrderType,
  participant: Participant,
  settings: RailSettings,
): Sides | Refusal<"INVALID_DEBTOR_ACCOUNT" | "INVALID_CREDITOR_PHONE"> => {
  const creditor: JsonObject = parseObject(payload, "creditor") ?? new Map();
  const debtor: JsonObject = parseObject(payload, "debtor") ?? new Map();
  const owner = ownerOf(participant);
  const debtorAccount = type === "phone" ? parseOwnAccount(debtor.get("account"), owner) : null;
  if ((type === "phone") !== (debtorAccount !== null) || (type === "link" && debtor.has("account")))
    return refuse("INVALID_DEBTOR_ACCOUNT", { field: "debtor.account" });
  const phone = type === "phone" ? parsePhone(creditor.get("phone"), settings.phonePattern) : null;
  if ((type === "phone") !== (phone !== null) || (type === "link" && creditor.has("phone")))
    return refuse("INVALID_CREDITOR_PHONE", { field: "creditor.phone" });
  const account = type === "link" ? parseOwnAccount(creditor.get("account"), owner) : null;
  const wrong = type === "link" ? account === null : creditor.has("account");
  return {
    phone,
    debtorAccount,
    creditorAccount: wrong ? refuse("INVALID_CREDITOR_ACCOUNT", { field: "creditor.account" }) : account,
  };
};
