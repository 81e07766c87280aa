/** Schemas of wallets, transfers, and the credits, debits and wagers of the host platform. */
import { Type } from "typebox";
import { Choice, Closed, CursorPage, Id, Nullable, Ref, Text } from "../../http/index.ts";
import type { OrderId } from "../../kernel/index.ts";
import { TRANSFER_KINDS } from "../../ledger/index.ts";
import { Figure, MAX_UNITS, Time, Units, UserId } from "../schemas.ts";
import { LIMITS } from "../settings.ts";

const Wagering = Closed({ required: Figure("turnover required"), wagered: Figure("turnover counted") });

export const WalletSchema = Closed(
  {
    available: Figure("balance units; what is owed of it can only go to the creditor"),
    in_escrow: Figure("held by open orders in which the trader sells"),
    owed: Figure("to buyers of claims, as operators awarded; paid out of whatever becomes available"),
    owed_by_others: Figure("the same, by sellers to this trader"),
    deposited_total: Figure("completed deposits"),
    wagering: Wagering,
  },
  { $id: "Wallet" },
);

export const TransferSchema = Closed(
  {
    id: Id(),
    kind: Choice(TRANSFER_KINDS),
    direction: Choice(["in", "out"]),
    amount: Units("balance units"),
    balance_after: Figure("the available balance after it"),
    order_id: Nullable(Id<OrderId>()),
    external_id: Nullable(Type.String()),
    created_at: Time(),
  },
  { $id: "Transfer" },
);

export const ExternalId = Type.String({
  pattern: "^[!-~]{1,128}$",
  description: "the host platform's own id, remembered for ever",
});

const Why = Type.Optional(
  Text({
    minLength: 1,
    maxLength: LIMITS.reasonCharacters,
    format: "prose",
    description: "why, for the audit trail",
  }),
);

export const CreditBody = Closed(
  {
    user_id: UserId,
    amount: Units("balance units"),
    kind: Choice(["deposit", "bonus", "adjustment"]),
    external_id: ExternalId,
    reason: Why,
    wagering_required: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_UNITS,
        description: "replaces the amount of a deposit or a bonus times its multiplier",
      }),
    ),
  },
  { $id: "Credit" },
);

export const DebitBody = Closed(
  {
    user_id: UserId,
    amount: Units("balance units"),
    kind: Choice(["withdrawal", "adjustment", "deposit_reversal"]),
    external_id: ExternalId,
    reason: Why,
  },
  { $id: "Debit" },
);

export const WagerBody = Closed(
  { user_id: UserId, amount: Units("turnover in balance units"), external_id: ExternalId },
  { $id: "Wager" },
);

export const PlatformEntrySchema = Closed(
  {
    user_id: Type.String(),
    kind: Type.String(),
    amount: Units("balance units"),
    external_id: Type.String(),
    available: Figure("the user's available balance after it"),
    created_at: Time(),
  },
  { $id: "PlatformEntry" },
);

export const PlatformActSchema = Closed(
  {
    id: Id(),
    act: Choice(["credit", "debit"]),
    by: Type.String({ description: "who did it: the host's server, an operator, or what `--by` said" }),
    user_id: Type.String(),
    user_name: Nullable(Type.String()),
    amount: Units("balance units"),
    kind: Type.String(),
    external_id: Type.String(),
    reason: Nullable(Type.String({ description: "null: none was given" })),
    at: Time(),
  },
  { $id: "PlatformAct", description: "A credit or a debit, with who did it." },
);

export const WagerEntrySchema = Closed(
  { user_id: Type.String(), amount: Units("turnover"), external_id: Type.String(), wagering: Wagering },
  { $id: "WagerEntry" },
);

export const TransferPage = CursorPage(Ref(TransferSchema));
