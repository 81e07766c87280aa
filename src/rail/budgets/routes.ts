/** What a bank may still ask: its own limits, and those of an account of its own. */
import { Type } from "typebox";
import { type AnswerOf, Closed } from "../../http/index.ts";
import { refuse } from "../../kernel/index.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { ownerOf, parseOwnAccount } from "../parsers/index.ts";
import { described } from "../schemas.ts";
import { CALLS_WINDOW_SECONDS } from "../settings.ts";
import { defineQuery } from "../signed-calls.ts";
import type { Mode } from "../tables/index.ts";
import { BANK, PAYER, PRICES, refillPerMinute } from "./bucket.ts";
import { participantTokens, payerTokens } from "./queries.ts";

const Tokens = Type.Integer({ minimum: 0 });

const Limits = Closed({
  participant: Closed({ capacity: Tokens, available: Tokens, refill_per_minute: Tokens }),
  calls: Closed({ limit: Tokens, window_seconds: Tokens }),
  payer: Closed(
    {
      capacity: Tokens,
      available: Type.Optional(Tokens),
      refill_per_minute: Tokens,
      reserve: Tokens,
      found_gives_back: Tokens,
    },
    { description: "of each account; `available` when one was asked for" },
  ),
});

export const registerLimitRoutes = ({ server, calls, pool, settings }: RailDeps): void => {
  const limitsOf = (mode: Mode, participant: number, payer: number | null): AnswerOf<typeof Limits> => ({
    participant: {
      capacity: BANK[mode].capacity,
      available: participant,
      refill_per_minute: refillPerMinute(BANK[mode]),
    },
    calls: { limit: settings.callsPer10Seconds, window_seconds: CALLS_WINDOW_SECONDS },
    payer: {
      capacity: PAYER[mode].capacity,
      ...(payer === null ? {} : { available: payer }),
      refill_per_minute: refillPerMinute(PAYER[mode]),
      reserve: PRICES.payer.reserve,
      found_gives_back: PRICES.payer.found,
    },
  });

  const readLimits = defineQuery(["INVALID_DEBTOR_ACCOUNT"], async ({ participant }, request) => {
    const asked: unknown = Reflect.get(request.query as object, "account");
    const { guid: participantGuid, mode } = participant;
    if (asked === undefined) return limitsOf(mode, await participantTokens(pool, participant), null);
    const account = typeof asked === "string" ? parseOwnAccount(asked, ownerOf(participant)) : null;
    if (account === null) return refuse("INVALID_DEBTOR_ACCOUNT", { field: "account" });
    const [own, payer] = await Promise.all([
      participantTokens(pool, participant),
      payerTokens(pool, { participantGuid, mode, account }),
    ]);
    return limitsOf(mode, own, payer);
  });

  server.get(
    "/api/v1/p2p/limits",
    {
      config: { access: "signed" },
      schema: {
        summary: "Your limits, and what is left of the budgets against scanning",
        tags: ["Limits"],
        querystring: {
          type: "object",
          properties: { account: { type: "string", description: "one of your own: its budget is told too" } },
        },
        response: {
          200: described("what is left at this moment", Limits),
          ...errorResponses(readLimits.refuses),
        },
      },
    },
    calls.read(readLimits),
  );
};
