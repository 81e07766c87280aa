/** HTTP for second factors, and for giving one. What shows a secret keeps no answer: repeated, it makes another. */
import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import { Closed, callerOf, Nullable, Ref, sendRefusal, setSessionCookie, Text } from "../../http/index.ts";
import { instant, isRefusal, type Refusal, toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import { sessionOf } from "../act.ts";
import type { IdentityDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { countPasskeys, SignedPasskeyCredential } from "../passkeys/index.ts";
import { MAX_PASSWORD } from "../passwords/index.ts";
import { confirm, enrol, renewRecoveryCodes, turnOff } from "./acts.ts";
import { mineOf, provenOf } from "./mine.ts";
import { registerPasskeyRoutes } from "./passkey-routes.ts";
import { countRecoveryCodes } from "./recovery-codes.ts";
import { Code, NewRecoveryCodes, NewTotp, OneTimeCode, SecondFactor } from "./schemas.ts";
import { stepUp } from "./step-up.ts";
import { totpSince } from "./totp.ts";

const tags = ["Identity"];
const config = { access: "trader" } as const;
const path = "/api/v1/identity/second-factor";

const answer = <Outcome>(
  reply: FastifyReply,
  outcome: Outcome | Refusal,
  send: (outcome: Exclude<Outcome, Refusal>) => unknown,
): void => {
  if (isRefusal(outcome)) sendRefusal(reply, outcome);
  else send(outcome as Exclude<Outcome, Refusal>);
};

export const registerFactorRoutes = (deps: IdentityDeps): void => {
  registerStepUp(deps);
  registerState(deps);
  registerTotp(deps);
  registerRecoveryCodes(deps);
  registerPasskeyRoutes(deps);
};

const registerStepUp = (deps: IdentityDeps): void => {
  const { server, sessions } = deps;
  server.post(
    "/api/v1/identity/step-up",
    {
      config,
      schema: {
        summary: "Give the second factor, or the password where there is none: a new cookie, good for what asks for it",
        description:
          "One of the three: a code, a passkey's answer to `stepUpChallenge`, or the password of who has neither.",
        operationId: "stepUp",
        tags,
        body: Closed({
          code: Type.Optional(Code),
          password: Type.Optional(Text({ minLength: 1, maxLength: MAX_PASSWORD })),
          passkey: Type.Optional(Ref(SignedPasskeyCredential)),
        }),
        response: {
          200: Closed({
            stepped_up_until: Nullable(
              Type.String({
                format: "date-time",
                description: "null: by the password, for as long as the session lasts",
              }),
            ),
          }),
          ...errorResponses([
            "FORBIDDEN",
            "CODE_REFUSED",
            "PASSKEY_REFUSED",
            "SIGN_IN_FAILED",
            "SECOND_FACTOR_REQUIRED",
          ]),
        },
      },
    },
    async (request, reply) => {
      const { personId, address } = mineOf(request);
      const session = sessionOf(request);
      const outcome = await stepUp(deps, { personId, session, given: request.body, address });
      if (isRefusal(outcome)) return void sendRefusal(reply, outcome);
      sessions.forget(personId);
      const renewed = await sessions.find(outcome, false);
      setSessionCookie(reply, sessions.cookie, outcome);
      reply.send({ stepped_up_until: toRfc3339OrNull(renewed?.session?.steppedUpUntil ?? null) });
    },
  );
};

const registerState = ({ server, pool }: IdentityDeps): void => {
  server.get(
    path,
    {
      config,
      schema: {
        summary: "The caller's second factor",
        operationId: "getSecondFactor",
        tags,
        response: { 200: SecondFactor, ...errorResponses(["FORBIDDEN"]) },
      },
    },
    async (request) => {
      const { traderId } = callerOf(request);
      const { hasSecondFactor } = sessionOf(request);
      const [since, left, passkeys] = await Promise.all([
        totpSince(pool, traderId),
        countRecoveryCodes(pool, traderId),
        countPasskeys(pool, traderId),
      ]);
      return {
        enabled: hasSecondFactor,
        codes_since: since === null ? null : toRfc3339(instant(since)),
        recovery_codes_left: left,
        passkeys,
      };
    },
  );
};

const registerTotp = (deps: IdentityDeps): void => {
  const { server, sessions } = deps;
  server.post(
    `${path}/codes`,
    {
      config,
      schema: {
        summary:
          "Begin with one-time codes: a secret for an authenticator; nothing is on before its first code is given",
        operationId: "enrolCodes",
        tags,
        response: { 200: NewTotp, ...errorResponses(["FORBIDDEN", "SECOND_FACTOR_ON", "SECOND_FACTOR_REQUIRED"]) },
      },
    },
    async (request, reply) => {
      answer(reply, await enrol(deps, provenOf(request)), (totp) => reply.send(totp));
    },
  );

  server.post(
    `${path}/codes/confirm`,
    {
      config,
      schema: {
        summary: "Turn one-time codes on by the first of them; every other session of the caller ends",
        operationId: "confirmCodes",
        tags,
        body: Closed({ code: OneTimeCode }),
        response: { 200: NewRecoveryCodes, ...errorResponses(["FORBIDDEN", "CODE_REFUSED"]) },
      },
    },
    async (request, reply) => {
      const mine = mineOf(request);
      const outcome = await confirm(deps, mine, request.body.code);
      sessions.forget(mine.personId);
      answer(reply, outcome, (codes) => reply.send({ recovery_codes: [...codes] }));
    },
  );

  server.delete(
    `${path}/codes`,
    {
      config,
      schema: {
        summary: "Turn one-time codes off",
        operationId: "endCodes",
        tags,
        response: { 204: Closed({}), ...errorResponses(["FORBIDDEN", "NOT_FOUND", "SECOND_FACTOR_REQUIRED"]) },
      },
    },
    async (request, reply) => {
      const mine = provenOf(request);
      const outcome = await turnOff(deps, mine);
      sessions.forget(mine.personId);
      answer(reply, outcome, () => (reply as FastifyReply).code(204).send());
    },
  );
};

const registerRecoveryCodes = (deps: IdentityDeps): void => {
  const { server } = deps;
  server.post(
    `${path}/recovery-codes`,
    {
      config,
      schema: {
        summary: "Ten new recovery codes in place of those that are left",
        operationId: "makeRecoveryCodes",
        tags,
        response: {
          200: NewRecoveryCodes,
          ...errorResponses(["FORBIDDEN", "NOT_FOUND", "SECOND_FACTOR_REQUIRED"]),
        },
      },
    },
    async (request, reply) => {
      const outcome = await renewRecoveryCodes(deps, provenOf(request));
      answer(reply, outcome, (codes) => reply.send({ recovery_codes: [...codes] }));
    },
  );
};
