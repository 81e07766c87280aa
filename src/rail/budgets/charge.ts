/**
 * What an act costs that may tell whether a number is known: it is taken from an account and from its bank before anything
 * is read, and what the answer turned out to be worth less comes back in the same transaction.
 */
import type { Ref, State, Write } from "../../engine/index.ts";
import { type Instant, type Refusal, refuse, SECOND } from "../../kernel/index.ts";
import { type Level, payers, quotas } from "../tables/index.ts";
import { BANK, full, type Held, PAYER, type Price, payerId, refilled, refunded, withdraw } from "./bucket.ts";

/** Who pays: an account, and the bank that asks for it. */
export type Asker = Held;

export const askerNeeds = (asker: Asker): readonly Ref[] => [
  quotas.at(asker.participantGuid),
  payers.at(payerId(asker)),
];

/** A price that is there. */
export type Charge = {
  /** Both rows, less the price and with what comes back of it. */
  writes(back: Price): readonly Write[];
};

/** Nothing is taken when either has too little: the refusal says how long it takes. */
export const charge = (state: State, asker: Asker, price: Price, now: Instant): Refusal<"RATE_LIMITED"> | Charge => {
  const { payer, bank } = levelsOf(state, asker, now);
  const { mode } = asker;
  const [fromPayer, fromBank] = [withdraw(PAYER[mode], payer, price.payer), withdraw(BANK[mode], bank, price.bank)];
  if (typeof fromPayer === "number" || typeof fromBank === "number") return usedUp(fromPayer, fromBank);
  return { writes: (back) => returning(state, asker, { payer: fromPayer, bank: fromBank }, back) };
};

/** What an earlier act turned out to be worth less. */
export const giveBack = (state: State, asker: Asker, back: Price, now: Instant): readonly Write[] =>
  returning(state, asker, levelsOf(state, asker, now), back);

type Levels = { readonly payer: Level; readonly bank: Level };

const levelsOf = (state: State, asker: Asker, now: Instant): Levels => {
  const { participantGuid, mode } = asker;
  const payer = state.get(payers.at(payerId(asker)));
  return {
    payer: payer === undefined ? full(PAYER[mode], now) : refilled(PAYER[mode], payer, now),
    bank: refilled(BANK[mode], state.need(quotas.at(participantGuid)), now),
  };
};

/** An account whose budget nobody has used has no row, and then no lock to be held by. */
export const openedBudget = (state: State, held: Held, now: Instant): readonly Write[] => {
  const id = payerId(held);
  return state.get(payers.at(id)) === undefined ? [payers.insert({ id, ...full(PAYER[held.mode], now) })] : [];
};

const returning = (state: State, asker: Asker, left: Levels, back: Price): readonly Write[] => {
  const { participantGuid, mode } = asker;
  const id = payerId(asker);
  const payer = { id, ...levelOf(refunded(PAYER[mode], left.payer, back.payer)) };
  return [
    state.get(payers.at(id)) === undefined ? payers.insert(payer) : payers.update(payer),
    quotas.update({ participantGuid, ...levelOf(refunded(BANK[mode], left.bank, back.bank)) }),
  ];
};

/** Without the key of the row that it was read from. */
const levelOf = ({ units, refilledAt }: Level): Level => ({ units, refilledAt });

const usedUp = (...levels: readonly (Level | number)[]): Refusal<"RATE_LIMITED"> => {
  const wait = Math.max(...levels.map((level) => (typeof level === "number" ? level : 0)));
  return refuse("RATE_LIMITED", { retry_after_seconds: Math.ceil(wait / SECOND) });
};
