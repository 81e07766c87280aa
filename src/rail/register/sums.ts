/** What the movements of a day come to: between two banks, and for one against all the others. */
export type Kind = "payment" | "return";

/** Of one kind, from one bank to another. @property amount minor units */
export type Sum = {
  readonly kind: Kind;
  readonly sender: string;
  readonly receiver: string;
  readonly currency: string;
  readonly count: number;
  readonly amount: bigint;
};

export type Total = { readonly count: number; readonly amount: bigint };
/** @property net what the bank has more, or less, for it */
export type Flow = { readonly sent: Total; readonly received: Total; readonly net: bigint };

const NONE: Total = { count: 0, amount: 0n };

const totalOf = (sums: readonly Sum[]): Total =>
  sums.reduce((total, { count, amount }) => ({ count: total.count + count, amount: total.amount + amount }), NONE);

const flowOf = (bank: string, sums: readonly Sum[]): Flow => {
  const sent = totalOf(sums.filter(({ sender }) => sender === bank));
  const received = totalOf(sums.filter(({ receiver }) => receiver === bank));
  return { sent, received, net: received.amount - sent.amount };
};

/** @property counterparty the other bank; the bank itself, where its clients paid each other */
export type Counterparty = {
  readonly counterparty: string;
  readonly currency: string;
  readonly payments: Flow;
  readonly returns: Flow;
  readonly net: bigint;
};

export type Position = { readonly currency: string; readonly net: bigint };

const positionsOf = (flows: readonly Position[]): readonly Position[] =>
  [...Map.groupBy(flows, ({ currency }) => currency)]
    .map(([currency, some]) => ({ currency, net: some.reduce((net, flow) => net + flow.net, 0n) }))
    .sort((one, other) => (one.currency < other.currency ? -1 : 1));

/** A bank's own view of the sums that it is part of. */
export const registerOf = (bank: string, sums: readonly Sum[]) => {
  const pairs = Map.groupBy(
    sums,
    ({ sender, receiver, currency }) => `${sender === bank ? receiver : sender} ${currency}`,
  );
  const counterparties = [...pairs].map(([pair, between]): Counterparty => {
    const [counterparty = "", currency = ""] = pair.split(" ");
    const of = (kind: Kind) =>
      flowOf(
        bank,
        between.filter((sum) => sum.kind === kind),
      );
    const [payments, returns] = [of("payment"), of("return")];
    return { counterparty, currency, payments, returns, net: payments.net + returns.net };
  });
  return { counterparties, positions: positionsOf(counterparties) };
};

type BankPosition = Position & { readonly bank: string };

/** All banks' positions, and what they come to together: nothing. */
export const positionsOfAll = (sums: readonly Sum[]) => {
  const banks = [...new Set(sums.flatMap(({ sender, receiver }) => [sender, receiver]))].sort();
  const positions = banks.flatMap((bank): readonly BankPosition[] => {
    const own = sums.filter(({ sender, receiver }) => sender === bank || receiver === bank);
    return registerOf(bank, own).positions.map((position) => ({ bank, ...position }));
  });
  return { positions, totals: positionsOf(positions) };
};
