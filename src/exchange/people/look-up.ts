/** An operator looks people up. Each look is in the audit trail, with what was asked for and who was shown. */
import type { TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { operatorActs, traders } from "../tables/index.ts";

export type LookUp = {
  readonly operatorId: TraderId;
  readonly act: "read_people" | "read_person";
  /** As the operator wrote it; null: the list of those who are stopped. */
  readonly asked: string | null;
  /** Who was shown. */
  readonly shown: readonly string[];
};

export const lookUp = defineCommand<LookUp, null>()({
  name: "look-up-people",
  refuses: [],
  needs: ({ operatorId }) => [traders.at(operatorId)],
  decide(_state, { operatorId, act, asked, shown }, { now }) {
    const details = { asked, people: shown };
    return {
      result: null,
      writes: [operatorActs.append({ operatorId, orderId: null, act, details, at: now })],
      events: [],
    };
  },
});
