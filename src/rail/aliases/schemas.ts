/** Moves of phones as banks and operators read them. */
import { Type } from "typebox";
import { Choice, Closed, Nullable } from "../../http/index.ts";

export const MoveStatusChoice = Choice(["waiting", "completed", "objected", "refused", "withdrawn", "replaced"]);
const Time = Type.String({ format: "date-time" });
const Bank = Closed({ guid: Type.String(), name: Type.String() });

export const OperatorMoveComponent = Closed(
  {
    guid: Type.String({ format: "uuid", description: "the banks know it by the same" }),
    mode: Choice(["sandbox", "production"]),
    from: Bank,
    to: Bank,
    status: MoveStatusChoice,
    notice_taken_at: Nullable(Time),
    moves_at: Time,
    created_at: Time,
    ended_at: Nullable(Time),
    decided_by: Nullable(Type.String()),
  },
  { $id: "AliasMove", description: "a phone that another bank wants" },
);

/** Of a bank's own list. */
export const MoveView = Closed({
  guid: Type.String({ format: "uuid" }),
  direction: Choice(["in", "out"], { description: "to an account of yours, or away from one" }),
  phone: Type.String(),
  account: Type.String({ description: "yours" }),
  status: MoveStatusChoice,
  moves_at: Time,
  created_at: Time,
  ended_at: Nullable(Time),
});
