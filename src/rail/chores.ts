/** What the rail throws away. */
import type { Pool } from "pg";
import { type Chore, forgetClaims } from "../engine/index.ts";
import { HOUR } from "../kernel/index.ts";

export const housekeeping = (chores: Pool): readonly Chore[] => [
  forgetClaims(chores, "rail"),
  {
    name: "forget old events of the rail",
    everyMs: HOUR,
    async run() {
      await chores.query("delete from rail.events where at < now() - interval '7 days'");
    },
  },
];
