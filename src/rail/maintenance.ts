/** What the rail throws away. */
import type { Pool } from "pg";
import { forgetClaims, type MaintenanceTask } from "../engine/index.ts";
import { HOUR } from "../kernel/index.ts";

export const maintenance = (chores: Pool): readonly MaintenanceTask[] => [
  forgetClaims(chores, "rail.claims_passing"),
  {
    name: "forget old events of the rail",
    everyMs: HOUR,
    async run() {
      await chores.query("delete from rail.events where at < now() - interval '7 days'");
    },
  },
];
