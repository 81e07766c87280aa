/** What the exchange does by the clock, and what it throws away. */
import type { Pool } from "pg";
import { type Chore, forgetClaims } from "../engine/index.ts";
import { HOUR } from "../kernel/index.ts";

/** Keys whose time is over, and the feed's partitions. */
export const housekeeping = (chores: Pool): readonly Chore[] => [
  forgetClaims(chores, "exchange"),
  {
    name: "roll the feed",
    everyMs: HOUR,
    async run() {
      await chores.query("select exchange.roll_events()");
    },
  },
];
