/** HTTP for one's own passkeys: they are added, listed and removed by somebody who is signed in, never by a token. */
import { Type } from "typebox";
import { type AnswerOf, Closed, callerOf, Nullable, Ref, sendRefusal, Text } from "../../http/index.ts";
import { instant, isRefusal, toRfc3339 } from "../../kernel/index.ts";
import { runPreparedAct } from "../act.ts";
import type { IdentityDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import {
  type ListedPasskey,
  listPasskeys,
  NewPasskeyCredential,
  PasskeyCreation,
  PasskeyRequest,
} from "../passkeys/index.ts";
import { mineOf, provenOf } from "./mine.ts";
import { type Added, askToAdd, askToStepUp, MAX_PASSKEYS, prepareToAdd, removePasskey } from "./passkeys.ts";
import { RecoveryCodes } from "./schemas.ts";

const tags = ["Identity"];
const config = { access: "trader" } as const;
const path = "/api/v1/identity/passkeys";
const MAX_ID = 64;
const MAX_NAME = 64;

const ITEM = {
  id: Type.String(),
  name: Type.String({ description: "what its owner calls it" }),
  created_at: Type.String({ format: "date-time", description: "when it was added" }),
  last_used_at: Nullable(Type.String({ format: "date-time", description: "when it last signed; null: never" })),
};
const PasskeyItem = Closed(ITEM);
const Passkeys = Closed({ items: Type.Array(PasskeyItem, { description: `${MAX_PASSKEYS} at most` }) });
const NewPasskey = Closed({
  ...ITEM,
  recovery_codes: Nullable(RecoveryCodes),
});
const NewPasskeyBody = Closed({
  name: Text({ minLength: 1, maxLength: MAX_NAME, format: "line", description: "what its owner calls it" }),
  credential: Ref(NewPasskeyCredential),
});

const viewOf = ({ id, name, created_at, last_used_at }: ListedPasskey): AnswerOf<typeof PasskeyItem> => ({
  id,
  name,
  created_at: toRfc3339(instant(created_at)),
  last_used_at: last_used_at === null ? null : toRfc3339(instant(last_used_at)),
});

const viewOfAdded = ({ row, recoveryCodes }: Added): AnswerOf<typeof NewPasskey> => ({
  ...viewOf(row),
  recovery_codes: recoveryCodes,
});

export const registerPasskeyRoutes = (deps: IdentityDeps): void => {
  registerChallenges(deps);
  registerList(deps);
  registerAdding(deps);
  registerRemoving(deps);
};

const registerChallenges = (deps: IdentityDeps): void => {
  const { server } = deps;
  server.post(
    `${path}/challenge`,
    {
      config,
      schema: {
        summary: "Begin to add a passkey: what the browser needs for making one",
        operationId: "addPasskeyChallenge",
        tags,
        response: {
          200: Ref(PasskeyCreation),
          ...errorResponses(["FORBIDDEN", "TOO_MANY_PASSKEYS", "SECOND_FACTOR_REQUIRED"]),
        },
      },
    },
    async (request, reply) => {
      const outcome = await askToAdd(deps, provenOf(request));
      if (isRefusal(outcome)) sendRefusal(reply, outcome);
      else reply.send(outcome);
    },
  );

  server.post(
    "/api/v1/identity/step-up/challenge",
    {
      config,
      schema: {
        summary: "Begin a step-up by passkey: what the browser needs for signing",
        operationId: "stepUpChallenge",
        tags,
        response: { 200: Ref(PasskeyRequest), ...errorResponses(["FORBIDDEN", "NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      const outcome = await askToStepUp(deps, mineOf(request));
      if (isRefusal(outcome)) sendRefusal(reply, outcome);
      else reply.send(outcome);
    },
  );
};

const registerList = ({ server, pool }: IdentityDeps): void => {
  server.get(
    path,
    {
      config,
      schema: {
        summary: "The caller's passkeys, the newest first",
        operationId: "listPasskeys",
        tags,
        response: { 200: Passkeys },
      },
    },
    async (request) => ({ items: (await listPasskeys(pool, callerOf(request).traderId)).map(viewOf) }),
  );
};

const registerAdding = (deps: IdentityDeps): void => {
  const { server, acts, sessions } = deps;

  server.post(
    path,
    {
      config,
      schema: {
        summary: "Add a passkey: it opens the account by itself",
        description:
          "If it is the first second factor, every other session ends and ten recovery codes are shown; they are null where " +
          "a factor was on already, and where the request was repeated.",
        operationId: "addPasskey",
        tags,
        body: NewPasskeyBody,
        response: {
          201: NewPasskey,
          ...errorResponses(["FORBIDDEN", "PASSKEY_REFUSED", "TOO_MANY_PASSKEYS", "SECOND_FACTOR_REQUIRED"]),
        },
      },
    },
    async (request, reply) => {
      const { name, credential } = request.body;
      const keep = (answer: object) => ({ ...answer, recovery_codes: null });
      // The proof is asked for behind the key: a lost answer is asked for by a session that the new factor binds already.
      await runPreparedAct({ acts, status: 201, keep }, request, reply, async () =>
        prepareToAdd(deps, provenOf(request), { name: name.trim(), credential }, viewOfAdded),
      );
      sessions.forget(callerOf(request).traderId);
    },
  );
};

const registerRemoving = ({ server, acts, sessions }: IdentityDeps): void => {
  server.delete(
    `${path}/:id`,
    {
      config,
      schema: {
        summary: "Remove one of the caller's passkeys; never the last way into the account",
        operationId: "removePasskey",
        tags,
        params: Closed({ id: Text({ minLength: 1, maxLength: MAX_ID }) }),
        response: {
          204: Type.Null({ description: "done" }),
          ...errorResponses(["FORBIDDEN", "NOT_FOUND", "LAST_WAY_IN", "SECOND_FACTOR_REQUIRED"]),
        },
      },
    },
    async (request, reply) => {
      await runPreparedAct({ acts }, request, reply, async () => {
        const mine = provenOf(request);
        return (client) => removePasskey(client, mine, request.params.id);
      });
      sessions.forget(callerOf(request).traderId);
    },
  );
};
