/** What the serving role may do in the rail's schema: no more than the rules need. */
import type { Grants } from "../database/index.ts";
import { JOURNALS, TABLES } from "./tables/index.ts";

export const GRANTS: Grants = {
  schemas: ["rail"],
  tables: TABLES,
  journals: JOURNALS,
  partitioned: [],
  further: [
    "select, insert, update (fingerprint, answer), delete on rail.claims",
    // The part that is forgotten. The other one is reached through the whole alone.
    "select, update (fingerprint, answer), delete on rail.claims_passing",
    "select, update (position) on rail.feed",
    "select, insert, delete on rail.events",
    "delete on rail.order_deadlines",
    "select, insert, update (value) on engine.audit_marks",
    "select, insert, update (participant_guid, account, fingerprint) on rail.alias_fingerprints",
    "delete on rail.phone_changes",
    "delete on rail.asks_to_end",
  ],
};
