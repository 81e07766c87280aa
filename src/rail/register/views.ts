/** The books of a day in the words of the answers. */
import type { AnswerOf } from "../../http/index.ts";
import { toRfc3339 } from "../../kernel/index.ts";
import { type AsWritten, asWritten } from "../json.ts";
import { decimalOf } from "../parsers/index.ts";
import type { Entry } from "./queries.ts";
import type { RegisterAnswer } from "./schemas.ts";
import type { Counterparty, Flow, Position, Total } from "./sums.ts";

const written = (minor: bigint): AsWritten => asWritten(decimalOf(minor));

/** @param write how a sum is spelled */
const flowsOf = <Sum>({ currency, payments, returns, net }: Counterparty, write: (minor: bigint) => Sum) => {
  const total = ({ count, amount }: Total) => ({ count, amount: write(amount) });
  const flow = ({ sent, received }: Flow) => ({ sent: total(sent), received: total(received) });
  return { currency, payments: flow(payments), returns: flow(returns), net: write(net) };
};

const positionOf = <Sum>({ currency, net }: Position, write: (minor: bigint) => Sum) => ({ currency, net: write(net) });

export const positionText = (position: Position) => positionOf(position, decimalOf);

type Register = AnswerOf<typeof RegisterAnswer>;
type Summed = { readonly positions: readonly Position[]; readonly counterparties: readonly Counterparty[] };
type Names = ReadonlyMap<string, string>;

/** For a bank: numbers, as everywhere on its listener. */
export const sumsDocument = (
  { positions, counterparties }: Summed,
  names: Names,
): Required<Pick<Register, "positions" | "counterparties">> => ({
  positions: positions.map((position) => positionOf(position, written)),
  counterparties: counterparties.map((one) => ({
    participant_guid: one.counterparty,
    name: names.get(one.counterparty) ?? "",
    ...flowsOf(one, written),
  })),
});

/** For operators. */
export const operatorSums = ({ positions, counterparties }: Summed, names: Names) => ({
  positions: positions.map(positionText),
  counterparties: counterparties.map((one) => ({
    bank: { guid: one.counterparty, name: names.get(one.counterparty) ?? "" },
    ...flowsOf(one, decimalOf),
  })),
});

export const entryDocument = (entry: Entry, bank: string): Register["items"][number] => ({
  kind: entry.kind,
  guid: entry.guid,
  payment_guid: entry.paymentGuid,
  order_guid: entry.orderGuid,
  external_id: entry.externalId,
  direction: entry.sender !== bank ? "received" : entry.receiver === bank ? "internal" : "sent",
  participant_guid: entry.sender === bank ? entry.receiver : entry.sender,
  amount: asWritten(entry.amountText),
  currency: entry.currency,
  at: toRfc3339(entry.at),
});
