/** What the audit proves in PostgreSQL, for the memory store: the books, the escrow, history and events. */
import assert from "node:assert/strict";
import type { MemoryStore } from "../../src/engine/index.ts";
import { accounts, orderHistory, orderStates, orders, transfers } from "../../src/exchange/tables/index.ts";
import type { Account, Transfer } from "../../src/ledger/index.ts";

type Change = { readonly orderId: number; readonly change: number; readonly status: string };

export const proveBooks = (store: MemoryStore) => {
  const held = store.rows(accounts) as unknown as readonly Account[];
  const moved = store.appended(transfers) as unknown as readonly Transfer[];
  const folded = new Map<string, bigint>(held.map(({ id }) => [id, 0n]));
  const add = (id: string, units: bigint, after: bigint | null) => {
    const balance = (folded.get(id) ?? 0n) + units;
    folded.set(id, balance);
    if (after !== null) assert.equal(after, balance, `a transfer tells another balance of ${id}`);
  };
  for (const { fromAccount, toAccount, amount, fromAfter, toAfter } of moved) {
    assert.ok(amount > 0n);
    add(fromAccount, -amount, fromAfter);
    add(toAccount, amount, toAfter);
  }
  for (const { id, balance } of held) assert.equal(balance, folded.get(id), `${id} is not what its transfers come to`);
  assert.equal(
    [...folded.values()].reduce((sum, balance) => sum + balance, 0n),
    0n,
    "money was made or lost",
  );
  proveOrders(store, folded);
};

const proveOrders = (store: MemoryStore, folded: ReadonlyMap<string, bigint>) => {
  const changes = store.appended(orderHistory) as unknown as readonly Change[];
  const amounts = new Map(store.rows(orders).map(({ id, usdtAmount }) => [id, usdtAmount as bigint]));
  for (const { orderId, status, changes: count, escrow } of store.rows(orderStates)) {
    const open = status !== "completed" && status !== "cancelled";
    assert.equal(folded.get(`escrow/${orderId}`), open ? amounts.get(orderId) : 0n, `the escrow of order ${orderId}`);
    assert.equal(escrow, folded.get(`escrow/${orderId}`), `order ${orderId} keeps what its transfers come to`);
    const own = changes.filter((change) => change.orderId === orderId);
    assert.deepEqual(
      own.map(({ change }) => change),
      Array.from({ length: count as number }, (_, index) => index + 1),
      `the history of order ${orderId}`,
    );
    assert.equal(own.at(-1)?.status, status);
    const told = store.events.filter(({ type, data }) => type === "order.updated" && data.order_id === orderId);
    assert.equal(told.length, own.length, `one event for each change of order ${orderId}`);
  }
};
