/** What the serving role may do in the schema of the settlement. */
import type { Grants } from "../database/index.ts";

export const SETTLEMENT_GRANTS: Grants = {
  schemas: ["settlement"],
  tables: [],
  journals: [],
  partitioned: [],
  further: ["select, insert, update (epoch, position) on settlement.cursors"],
};
