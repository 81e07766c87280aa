/** Asking who is paid tells that an account is somebody's: it costs what a look-up costs, and what is answered is worth less. */
import { isRefusal } from "../../kernel/index.ts";
import { type Asker, askerNeeds, charge, giveBack, NOTHING_BACK, QUESTION } from "../budgets/index.ts";
import { defineCommand } from "../command.ts";

export const chargeForCreditor = defineCommand<Asker, null>()({
  name: "charge-for-creditor",
  refuses: ["RATE_LIMITED"],
  needs: askerNeeds,
  decide(state, asker, { now }) {
    const price = charge(state, asker, QUESTION.reserve, now);
    return isRefusal(price) ? price : { result: null, writes: price.writes(NOTHING_BACK), events: [] };
  },
});

export const creditorAnswered = defineCommand<Asker, null>()({
  name: "creditor-answered",
  refuses: [],
  needs: askerNeeds,
  decide: (state, asker, { now }) => ({
    result: null,
    writes: giveBack(state, asker, QUESTION.found, now),
    events: [],
  }),
});
