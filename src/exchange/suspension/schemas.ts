/** Schema of a trader's standing: whether and why the trader is suspended. */
import { Type } from "typebox";
import { Choice, Closed, Nullable } from "../../http/index.ts";
import { Figure } from "../schemas.ts";
import { SUSPENSIONS } from "../traders/index.ts";

export const StandingSchema = Closed(
  {
    user_id: Type.String(),
    suspended: Nullable(Choice(SUSPENSIONS, { description: "what stops the trader; null: nothing does" })),
    owed: Figure("what is left of the trader's debts"),
  },
  { $id: "Standing", description: "Whether a trader may begin anything new." },
);
