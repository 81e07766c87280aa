/** An operator stops a trader, or lets one go on. */
import type { Decision, State } from "../../engine/index.ts";
import type { AnswerOf } from "../../http/index.ts";
import { type Instant, isRefusal, type RefusalOf, refuse, type TraderId, toNumber, ZERO } from "../../kernel/index.ts";
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

/** Whom it is about. Nobody judges oneself. */
const judged = (state: State, { traderId, operatorId }: SuspendTrader): Trader | RefusalOf<typeof REFUSALS> =>
  traderId === operatorId ? refuse("FORBIDDEN") : (state.get(traders.at(traderId)) ?? refuse("USER_NOT_FOUND"));

type Judgement = { readonly standing: Standing | null; readonly act: string; readonly details?: object };

/** How the trader stands from now on, and the operator's act. */
const judge = (
  before: Trader,
  { operatorId, reason }: SuspendTrader,
  { standing, act, details }: Judgement,
  at: Instant,
): Decision<StandingDocument> => {
  const trader = { ...before, standing };
  const said = { user_id: trader.id, reason, ...details };
  return {
    result: { user_id: trader.id, suspended: suspensionOf(trader), owed: toNumber(trader.owed) },
    writes: [traders.update(trader), operatorActs.append({ operatorId, orderId: null, act, details: said, at })],
    events: [event("wallet.updated", [trader.id], { kind: "suspension" })],
  };
};

export const suspendTrader = defineCommand<SuspendTrader, StandingDocument>()({
  name: "suspend-trader",
  refuses: REFUSALS,
  changes: [traders],
  needs: needsOf,
  decide(state, input, { now }) {
    const trader = judged(state, input);
    return isRefusal(trader) ? trader : judge(trader, input, { standing: "suspended", act: "suspend" }, now);
  },
});

/** Ends what an operator has said. A debt goes on stopping its debtor, unless it is excused in so many words. */
export const resumeTrader = defineCommand<ResumeTrader, StandingDocument>()({
  name: "resume-trader",
  refuses: [...REFUSALS, "VALIDATION_ERROR"],
  changes: [traders],
  needs: needsOf,
  decide(state, input, { now }) {
    const trader = judged(state, input);
    if (isRefusal(trader)) return trader;
    const { despiteDebt } = input;
    if (suspensionOf(trader) === "debt" && !despiteDebt) {
      const message = `must be true to let somebody go on who owes ${trader.owed}; paying lifts it without it`;
      return invalid({ pointer: "/despite_debt", message });
    }
    const standing = despiteDebt && trader.owed > ZERO ? "excused" : null;
    return judge(trader, input, { standing, act: "resume", details: { despite_debt: despiteDebt } }, now);
  },
});
