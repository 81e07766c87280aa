/** What the database needs before the exchange serves, and what the serving role may do: no more than the rules need. */
import type { Grants } from "../database/index.ts";
import { JOURNALS, TABLES } from "./tables/index.ts";

export const GRANTS: Grants = {
  schemas: ["engine", "exchange", "deliveries"],
  tables: TABLES,
  journals: JOURNALS,
  partitioned: ["exchange.events"],
  further: [
    "select, insert, update (fingerprint, answer), delete on exchange.claims",
    "select, update (position) on exchange.feed",
    "select, insert on exchange.events",
    "delete on exchange.order_deadlines",
    "select, insert, update (value) on engine.audit_marks",
    "select, insert on engine.audit_results",
    "select, insert, update (created, completed, cancelled, disputed, volume) on exchange.daily_figures",
    "select, update (until) on exchange.figures_mark",
    "select, insert, update, delete on exchange.audit_balances",
    "select, insert, update (state, attempts, next_at, last_error, settled_at), delete on deliveries.queue",
    "select, insert, update (position) on deliveries.cursors",
  ],
};
