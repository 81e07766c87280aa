/** Banks of a script arrive, with what they begin with: on the stage and in the model. */
import type { Command, Executor } from "../../src/engine/index.ts";
import { instant } from "../../src/kernel/index.ts";
import { createParticipant } from "../../src/rail/participants/create-participant.ts";
import { quotas, reach } from "../../src/rail/tables/index.ts";
import { compare } from "./rail-heard.ts";
import { predict } from "./rail-model.ts";
import { bankOf, levelAt, timesOf, tokensOfBank } from "./rail-model-budgets.ts";
import type { Sent } from "./rail-requests.ts";
import type { Stage } from "./rail-stages.ts";
import { accountOf, phoneHashes, type Script } from "./rail-steps.ts";
import { createTranslator, modeOf } from "./rail-translate.ts";
import type { World } from "./rail-world.ts";

type Started = { readonly engine: Executor; readonly world: World };

export const arrive = async (stage: Stage, script: Script, { engine, world }: Started) => {
  const operator = { id: "olena", production: true };
  for (const [index, guid] of [...world.rules.banks, world.rules.outsider].entries()) {
    const mode = modeOf(world.rules, guid);
    const { searched = false, tokens = null, failures = 0 } = script.banks[index] ?? {};
    const bankCodes = [String(stage.codes + index)];
    const urls = { callbackUrl: null, deeplinkUrl: null };
    const terms = { guid, mode, name: guid, bankCodes, ...urls, profile: "strong" as const, receiverSearch: searched };
    await engine.submit(createParticipant, { operator, terms, challenge: "" }, { caller: "operator" });
    world.budgets.set(bankOf(guid), levelAt("bank", undefined, { now: world.now, times: timesOf(mode) }));
    if (failures > 0) {
      await engine.submit(miss, { guid, failures }, { caller: "operator" });
      world.reach.set(guid, { failures, closedUntil: null });
    }
    if (tokens === null) continue;
    const units = tokensOfBank(tokens);
    await engine.submit(spend, { guid, units, now: world.now }, { caller: "operator" });
    world.budgets.set(bankOf(guid), { units, at: world.now });
  }
  const translate = createTranslator(world.rules, () => world.now);
  for (const [index, hash] of phoneHashes(world.rules.run).entries()) {
    const bank = world.rules.banks[script.linked[index] ?? -1];
    if (bank === undefined) continue;
    const sent: Sent = {
      request: { kind: "link", number: 0, who: bank, phone: hash, account: accountOf(bank, 0) },
      key: null,
    };
    const { command, input, ...terms } = translate(sent);
    const { outcome } = await engine.submit(command, input, terms);
    compare(predict(world, sent), sent, { outcome, replayed: [] });
  }
};

/** So that a bank comes to the end of its network's patience within a script. */
const miss: Command<{ readonly guid: string; readonly failures: number }, null> = {
  name: "miss",
  refuses: [],
  needs: ({ guid }) => [reach.at(guid)],
  decide: (_state, { guid, failures }) => ({
    result: null,
    writes: [reach.insert({ participantGuid: guid, failures, closedUntil: null })],
    events: [],
  }),
};

/** So that a few questions use a bank's budget up. */
const spend: Command<{ readonly guid: string; readonly units: number; readonly now: number }, null> = {
  name: "spend",
  refuses: [],
  needs: ({ guid }) => [quotas.at(guid)],
  decide: (_state, { guid, units, now }) => ({
    result: null,
    writes: [quotas.update({ participantGuid: guid, units, refilledAt: instant(now) })],
    events: [],
  }),
};
