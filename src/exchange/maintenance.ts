/** What the exchange does by the clock, and what it throws away. */
import type { Pool } from "pg";
import { forgetClaims, type MaintenanceTask } from "../engine/index.ts";
import { HOUR } from "../kernel/index.ts";

/** Keys whose time is over, and the feed's partitions. */
export const maintenance = (chores: Pool): readonly MaintenanceTask[] => [
  forgetClaims(chores, "exchange"),
  {
    name: "roll the feed",
    everyMs: HOUR,
    async run() {
      await chores.query("select exchange.roll_events()");
    },
  },
];
