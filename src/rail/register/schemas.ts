/** The books of a day as banks and operators read them. Sums are decimals with their sign. */
import { type TSchema, Type } from "typebox";
import { Choice, Closed, CursorPage } from "../../http/index.ts";
import type { AsWritten } from "../json.ts";
import { Amount, Guid, Time } from "../schemas.ts";

const Decimal = (description: string) => Type.Unsafe<AsWritten>({ type: "number", description });
const Text = (description: string) => Type.String({ description: `${description}, as a decimal` });
export const DateText = Type.String({ format: "date", description: "a day in UTC" });
const Final = Type.Boolean({ description: "nothing is added any more: a minute after the day is over" });
const Currency = Type.String();

const NET = "received less sent: what the bank has more or, below zero, less of";

/** @param Sum how a sum is written */
const flowsWith = <Sum extends TSchema>(Sum: (description: string) => Sum) => {
  const Total = Closed({ count: Type.Integer({ minimum: 0 }), amount: Sum("of all of them") });
  const Flow = Closed({ sent: Total, received: Total });
  return {
    currency: Currency,
    payments: Flow,
    returns: Flow,
    net: Sum(NET),
  };
};

const Counterparty = Closed({ participant_guid: Guid, name: Type.String(), ...flowsWith(Decimal) });
const Position = Closed({ currency: Currency, net: Decimal(NET) });

const Entry = Closed({
  kind: Choice(["payment", "return"]),
  guid: Guid,
  payment_guid: Guid,
  order_guid: Guid,
  external_id: Type.String({ description: "of the bank that sent it" }),
  direction: Choice(["sent", "received", "internal"], { description: "`internal`: between clients of yours" }),
  participant_guid: Type.String({ format: "uuid", description: "the other bank" }),
  amount: Amount,
  currency: Currency,
  at: Time,
});

export const RegisterAnswer = Closed({
  date: DateText,
  final: Final,
  participant_guid: Type.String({ format: "uuid", description: "whose register it is" }),
  positions: Type.Optional(Type.Array(Position, { description: "of the whole day, on the first page" })),
  counterparties: Type.Optional(Type.Array(Counterparty, { description: "of the whole day, on the first page" })),
  ...CursorPage(Entry).properties,
});

const Bank = Closed({ guid: Type.String(), name: Type.String() });
const OperatorPosition = Closed({ bank: Bank, currency: Currency, net: Text(NET) });

export const PositionsAnswer = Closed({
  date: DateText,
  mode: Choice(["sandbox", "production"]),
  final: Final,
  positions: Type.Array(OperatorPosition),
  totals: Type.Array(Closed({ currency: Currency, net: Text("of all banks together: zero") })),
});

export const BankRegisterAnswer = Closed({
  date: DateText,
  final: Final,
  bank: Bank,
  positions: Type.Array(Closed({ currency: Currency, net: Text(NET) })),
  counterparties: Type.Array(Closed({ bank: Bank, ...flowsWith(Text) })),
});
