/** An operator stops a trader, or lets one go on. */

import type { AnswerOf } from "../../http/index.ts";
import { type RefusalOf, refuse, type TraderId, toNumber, ZERO } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { event } from "../events.ts";
import { invalid } from "../issues.ts";
import { operatorActs, type Standing, type Trader, traders } from "../tables/index.ts";
import { suspensionOf } from "../traders/index.ts";
import type { StandingSchema } from "./schemas.ts";

export type SuspendTrader = {
  readonly traderId: TraderId;
  readonly operatorId: TraderId;
  readonly reason: string;
};

export type ResumeTrader = SuspendTrader & {
  /** Lets somebody go on who owes; the debt stays, and is collected as before. */
  readonly despiteDebt: boolean;
};

type StandingDocument = AnswerOf<typeof StandingSchema>;

/** What both say no with, whatever the standing. */
const REFUSALS = ["USER_NOT_FOUND", "FORBIDDEN"] as const;

const needsOf = ({ traderId, operatorId }: SuspendTrader) => [traders.at(operatorId), traders.at(traderId)];

/** Nobody judges oneself. */
const refuseJudge = (
  trader: Trader | undefined,
  { traderId, operatorId }: SuspendTrader,
): RefusalOf<typeof REFUSALS> | undefined => {
  if (traderId === operatorId) return refuse("FORBIDDEN");
  return trader === undefined ? refuse("USER_NOT_FOUND") : undefined;
};

const say = (before: Trader, standing: Standing | null) => {
  const trader = { ...before, standing };
  const result: StandingDocument = { user_id: trader.id, suspended: suspensionOf(trader), owed: toNumber(trader.owed) };
  return {
    result,
    write: traders.update(trader),
    events: [event("wallet.updated", [trader.id], { kind: "suspension" })],
  };
};

export const suspendTrader = defineCommand<SuspendTrader, StandingDocument>()({
  name: "suspend-trader",
  refuses: REFUSALS,
  changes: [traders],
  needs: needsOf,
  decide(state, input, { now }) {
    const trader = state.get(traders.at(input.traderId));
    const refusal = refuseJudge(trader, input);
    if (trader === undefined || refusal !== undefined) return refusal ?? refuse("USER_NOT_FOUND");
    const { result, write, events } = say(trader, "suspended");
    const details = { user_id: trader.id, reason: input.reason };
    const act = operatorActs.append({
      operatorId: input.operatorId,
      orderId: null,
      act: "suspend",
      details,
      at: now,
    });
    return { result, writes: [write, act], events };
  },
});

/** Ends what an operator has said. A debt goes on stopping its debtor, unless it is excused in so many words. */
export const resumeTrader = defineCommand<ResumeTrader, StandingDocument>()({
  name: "resume-trader",
  refuses: [...REFUSALS, "VALIDATION_ERROR"],
  changes: [traders],
  needs: needsOf,
  decide(state, input, { now }) {
    const trader = state.get(traders.at(input.traderId));
    const refusal = refuseJudge(trader, input);
    if (trader === undefined || refusal !== undefined) return refusal ?? refuse("USER_NOT_FOUND");
    const { despiteDebt, reason } = input;
    if (suspensionOf(trader) === "debt" && !despiteDebt) {
      const message = `must be true to let somebody go on who owes ${trader.owed}; paying lifts it without it`;
      return invalid({ pointer: "/despite_debt", message });
    }
    const { result, write, events } = say(trader, despiteDebt && trader.owed > ZERO ? "excused" : null);
    const details = { user_id: trader.id, reason, despite_debt: despiteDebt };
    const act = operatorActs.append({ operatorId: input.operatorId, orderId: null, act: "resume", details, at: now });
    return { result, writes: [write, act], events };
  },
});
