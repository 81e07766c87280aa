/** What the database needs before the exchange serves, and what the serving role may do: no more than the rules need. */
import type { Grants } from "../database/index.ts";
import { JOURNALS, TABLES } from "./tables/index.ts";

/** Today's partition of the feed: a row that came before it would lie in the default one and be in its way. */
export const PREPARE: readonly string[] = ["select exchange.roll_events()"];

export const GRANTS: Grants = {
  schemas: ["engine", "exchange", "deliveries"],
  tables: TABLES,
  journals: JOURNALS,
  further: [
    "select, insert, update (fingerprint, answer), delete on exchange.claims",
    "select, update (position) on exchange.feed",
    "select, insert on exchange.events",
    "delete on exchange.order_deadlines",
    "select, insert, update, delete on deliveries.queue",
    "select, insert, update, delete on deliveries.cursors",
  ],
};
