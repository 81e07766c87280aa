/** Somebody is told what befell how they come in: each notice once, however often it is handed on. */
import type { Static } from "typebox";
import type { Executor } from "../../engine/index.ts";
import type { TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { type EVENTS, event } from "../events.ts";
import { onceFor } from "../once.ts";

export type TellSecurity = {
  readonly traderId: TraderId;
  readonly notice: Static<(typeof EVENTS)["security.updated"]["payload"]>;
};

const tellSecurity = defineCommand<TellSecurity, null>()({
  name: "tell-security",
  refuses: [],
  needs: () => [],
  decide: (_state, { traderId, notice }) => ({
    result: null,
    writes: [],
    events: [event("security.updated", [traderId], notice)],
  }),
});

/** The same id twice is told once. */
export const createTellSecurity =
  (executor: Executor) =>
  async (id: number, input: TellSecurity): Promise<void> => {
    await executor.submit(tellSecurity, input, {
      caller: input.traderId,
      claims: [onceFor("security notice", String(id))],
    });
  };
