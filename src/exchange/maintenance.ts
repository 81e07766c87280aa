/** What the exchange does by the clock, and what it throws away. */
import type { Pool } from "pg";
import { forgetClaims, type MaintenanceTask, partitionRolling } from "../engine/index.ts";

/** Keys whose time is over, and the feed's partitions. @param ownerUrl of the role that may alter tables, if this node has it */
export const maintenance = (chores: Pool, ownerUrl: string | undefined): readonly MaintenanceTask[] => [
  forgetClaims(chores, "exchange.claims"),
  ...(ownerUrl === undefined ? [] : [partitionRolling({ connectionString: ownerUrl, table: "exchange.events" })]),
];
