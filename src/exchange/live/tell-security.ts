/** Somebody is told what befell how they come in: each notice once, however often it is handed on. */
import type { Static } from "typebox";
import type { Claim, Executor } from "../../engine/index.ts";
import { DAY, refuse, type TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import type { ErrorCode } from "../errors.ts";
import { type EVENTS, event } from "../events.ts";

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

/** Longer than whoever hands it on can be away. */
const REMEMBERED_MS = 30 * DAY;

const claimOfNotice = (id: number): Claim<ErrorCode> => ({
  scope: "security notice",
  key: String(id),
  fingerprint: "",
  mismatch: refuse("EXTERNAL_ID_REUSED"),
  keeps: "answers",
  lifetimeMs: REMEMBERED_MS,
  guard: null,
});

/** The same id twice is told once. */
export const createTellSecurity =
  (executor: Executor) =>
  async (id: number, input: TellSecurity): Promise<void> => {
    await executor.submit(tellSecurity, input, { caller: input.traderId, claims: [claimOfNotice(id)] });
  };
