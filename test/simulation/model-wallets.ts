/** What the host platform does to wallets, as the contract has it. */
import type { Credit, Debit, Wager } from "./requests.ts";
import { type Answer, deposit, freeOf, personOf, type World } from "./world.ts";

export const credit = (world: World, { user, amount, entry, wagering }: Credit): Answer => {
  const person = personOf(world, user);
  person.available += amount;
  if (entry === "deposit") deposit(world, person, amount, wagering);
  else person.required += wagering ?? (entry === "bonus" ? amount * world.rules.bonusMultiplier : 0);
  return { facts: { kind: entry, amount, available: person.available } };
};

export const debit = (world: World, { user, amount, entry }: Debit): Answer => {
  const person = world.people.get(user);
  if (person === undefined) return { code: "USER_NOT_FOUND" };
  if (freeOf(world, user) < amount) return { code: "INSUFFICIENT_BALANCE" };
  person.available -= amount;
  // A deposit that was taken back was none.
  if (entry === "deposit_reversal") person.deposited = Math.max(0, person.deposited - amount);
  return { facts: { kind: entry, amount, available: person.available } };
};

export const wager = (world: World, { user, amount }: Wager): Answer => {
  const person = personOf(world, user);
  person.wagered = Math.min(person.wagered + amount, person.required);
  if (person.wagered === person.required) {
    person.wagered = 0;
    person.required = 0;
  }
  return { facts: { amount, wagering: { required: person.required, wagered: person.wagered } } };
};
