/** Schema of the figures: each day, the escrow of open orders, and the open cases. */
import { Type } from "typebox";
import { Choice, Closed, Nullable } from "../../http/index.ts";
import { OrderStatus } from "../orders/index.ts";
import { Figure, Time } from "../schemas.ts";

const Day = Closed({
  day: Type.String({ format: "date", description: "UTC" }),
  created: Figure("orders made on it"),
  completed: Figure("orders completed on it"),
  cancelled: Figure("orders cancelled on it"),
  disputed: Figure("orders that became disputed on it"),
  volume: Figure("released to buyers on it, in balance units"),
});

export const FiguresSchema = Closed(
  {
    made_at: Time("when these were put together: they are kept for some seconds"),
    days: Type.Array(Day, { description: "the last 31 days, newest first" }),
    days_until: Time("the days hold what happened until then, a minute or two ago"),
    escrow: Type.Array(Closed({ status: OrderStatus, orders: Figure("open orders"), amount: Figure("in escrow") })),
    cases: Type.Array(
      Closed({
        status: Choice(["open", "assigned"]),
        under_1_hour: Figure("cases"),
        under_4_hours: Figure("older ones"),
        under_1_day: Figure("older ones"),
        older: Figure("older ones"),
      }),
      { description: "cases that are not resolved, by age" },
    ),
    feed: Closed({
      told: Figure("the position of the last event"),
      read: Figure("the position that this node has read to"),
      behind_seconds: Type.Number({ minimum: 0, description: "the age of the oldest event that it has not read" }),
    }),
    audits: Type.Array(
      Closed({
        system: Type.String(),
        at: Time(),
        whole: Type.Boolean({ description: "false: what came since the last one that found nothing" }),
        took_ms: Figure("milliseconds"),
        checks: Figure("checks"),
        findings: Type.Array(
          Closed({ check: Type.String(), count: Figure("breaches"), faults: Type.Array(Type.String()) }),
        ),
      }),
      { description: "the last audit of each system; empty before the first" },
    ),
    last_whole_audit_at: Nullable(Time()),
  },
  { $id: "Figures" },
);
