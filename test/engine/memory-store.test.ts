/** The store in memory keeps the promises of stores. */
import { createMemoryStore } from "../../src/engine/index.ts";
import { instant } from "../../src/kernel/index.ts";
import { type Move, moves } from "./lab.ts";
import { storeSuite } from "./store-suite.ts";

storeSuite(async () => {
  const store = createMemoryStore(() => instant(Date.now()));
  return {
    store,
    moves: async () => store.appended(moves) as readonly Move[],
    told: async () => store.events.flatMap(({ to, type, data }) => to.map((recipient) => ({ recipient, type, data }))),
    end: () => store.close(),
  };
});
