/** How things end: what a chore has to finish, what must not go on for ever, and what a script came to. */

import assert from "node:assert/strict";
import { belongs, isBetweenBanks } from "./rail-model-aliases.ts";
import { leadsThere } from "./rail-model-orders.ts";
import type { ChoreName } from "./rail-steps.ts";
import { dueOf, isDue, isOpen, type Order, orderOf, type PayRequest, phoneOf, type World } from "./rail-world.ts";

/**
 * What a chore must not have left behind. Whatever was due once is left to the deadlines, though the clock has stepped
 * back since. @param latest what the clock showed at most
 */
export const proveDone = (chore: ChoreName, world: World, latest: number) => {
  const left = {
    moves: () =>
      [...world.phones].filter(
        ([hash, { held }]) => held !== null && held.until <= world.now && isBetweenBanks(world, hash, held),
      ),
    searches: () => [...world.searches.values()].filter((search) => (dueOf(search) ?? Infinity) <= world.now),
    asks: () => [...world.searches.values()].filter(({ asking }) => asking.some((bank) => !isAskable(world, bank))),
    returns: () =>
      [...world.payments.values()].filter(({ asked }) => asked?.status === "created" && asked.until <= world.now),
    deadlines: () => [...world.orders.values()].filter((order) => isDue(world, order, world.now)),
    followers: () => [
      ...[...world.orders.values()].filter((order) => !isDue(world, order, latest) && waitsInVain(world, order)),
      ...[...world.requests.values()].filter((request) => isMisled(world, request)),
      ...[...world.places].filter(([account, kept]) => kept.some((hash) => !belongs(world, account, hash))),
    ],
  }[chore]();
  assert.deepEqual(left, [], `the chore "${chore}" left something to do`);
};

const isAskable = ({ searched, suspended }: World, bank: string): boolean => searched.has(bank) && !suspended.has(bank);

/** Its phone is linked, or nobody is left who could say whose it is. */
const waitsInVain = (world: World, { status, phone, search }: Order): boolean => {
  const isOver = (world.searches.get(search ?? "")?.endedAt ?? null) !== null;
  return status === "pending" && (isOver || phoneOf(world, phone ?? "").holder !== null);
};

/** Unpaid, and the phone leads elsewhere by now. */
const isMisled = (world: World, request: PayRequest): boolean =>
  request.status === "completed" && isOpen(request) && !leadsThere(world, orderOf(world, request.order));

export const proveEnded = (world: World) => {
  for (const { guid, status, reason } of world.orders.values())
    assert.ok(reason !== null && status !== "pending", `${guid} is ${status} for ever`);
  for (const request of world.requests.values()) assert.ok(!isOpen(request), `${request.guid} is open for ever`);
  for (const { guid, asked } of world.payments.values())
    assert.ok(asked?.status !== "created", `${guid} is asked back for ever`);
  for (const { guid, endedAt } of world.searches.values()) assert.ok(endedAt !== null, `${guid} goes on for ever`);
  for (const [hash, { held }] of world.phones) assert.equal(held, null, `${hash} waits for ever`);
};

export const whatBecameOf = (world: World): readonly string[] => [
  ...[...world.searches.keys()].flatMap((guid) =>
    [...world.orders.values()].filter(({ search }) => search === guid).length > 1 ? ["joined a search"] : [],
  ),
  ...[...world.reach.values()].flatMap(({ closedUntil }) => (closedUntil === null ? [] : ["not to be reached"])),
  ...[...world.orders.values()].map(({ type, status, reason }) => `${type} ${status} ${reason}`),
  ...[...world.requests.values()].map(({ reason }) => `request ${reason}`),
  ...[...world.payments.values()].map(({ status }) => `payment ${status}`),
  ...[...world.payments.values()].map(({ late, status }) => `${late ? "late" : "timely"} money ${status}`),
  ...[...world.payments.values()].flatMap(({ asked }) =>
    asked === null ? [] : [`return request ${asked.status} ${asked.failure}`],
  ),
  ...[...world.payments.values()].flatMap(({ amount, returned }) =>
    returned === 0 ? [] : [returned === amount ? "returned whole" : "returned in part"],
  ),
  ...[...world.moved.values()].map((how) => `move ${how}`),
  ...[...world.told.values()].flat().map(({ type }) => `told ${type}`),
  ...[...world.orders.values()].flatMap(({ status, reason, creditor, phone }) =>
    status === "rejected" &&
    ["EXPIRED", "SEARCH_TIMEOUT"].includes(reason ?? "") &&
    creditor === null &&
    world.phones.get(phone ?? "")?.holder
      ? ["linked too late"]
      : [],
  ),
];
