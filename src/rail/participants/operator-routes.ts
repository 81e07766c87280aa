/** HTTP for whoever lets banks take part: on the exchange's listener, where operators are. */
import { randomBytes, randomUUID } from "node:crypto";
import type { FastifyReply } from "fastify";
import type { Pool } from "pg";
import { type Static, Type } from "typebox";
import type { Executor } from "../../engine/index.ts";
import { Closed, CursorPage, cursorPaging, Ref, type Server, sendRefusal } from "../../http/index.ts";
import { publicJwkOf, readEncryptionKey, readPublicKey } from "../../jws/index.ts";
import { type Instant, instant, refuse, SECOND } from "../../kernel/index.ts";
import { operatorErrorResponses } from "../errors.ts";
import { addKey, kidClaim } from "./add-key.ts";
import { challengeCallback } from "./challenge-callback.ts";
import { createParticipant } from "./create-participant.ts";
import type { Directory } from "./directory.ts";
import { type Changes, editParticipant } from "./edit-participant.ts";
import { findKey, findParticipant, listParticipants } from "./queries.ts";
import { revokeKey } from "./revoke-key.ts";
import {
  CreateBody,
  EditBody,
  GuidParams,
  KeyBody,
  KidParams,
  ModeChoice,
  ParticipantComponent,
  RegisteredKeyComponent,
} from "./schemas.ts";
import { createSubmitOperatorCommand, operatorOf, type SubmitOperatorCommand } from "./submit-operator-command.ts";
import { keyDocument } from "./views.ts";

export type OperatorDeps = {
  readonly server: Server;
  readonly executor: Executor;
  readonly directory: Directory;
  readonly pool: Pool;
};

type Deps = OperatorDeps & { readonly submit: SubmitOperatorCommand };

const PARTICIPANTS = "/api/v1/operator/participants";
/** Nobody guesses it. */
const CHALLENGE_BYTES = 32;
const newChallenge = (): string => randomBytes(CHALLENGE_BYTES).toString("base64url");

const config = { access: "rail_operator" } as const;
const keysConfig = { ...config, stepUp: "always" } as const;
const tags = ["Rail participants"];
const Participant = Ref(ParticipantComponent);
const RegisteredKey = Ref(RegisteredKeyComponent);

export const registerOperatorRoutes = (given: OperatorDeps): void => {
  const { server, executor, directory } = given;
  const deps = { ...given, submit: createSubmitOperatorCommand(executor, directory) };
  server.addSchema(RegisteredKeyComponent);
  server.addSchema(ParticipantComponent);
  registerReading(deps);
  registerCreating(deps);
  registerEditing(deps);
  registerAddingKeys(deps);
  registerRevokingKeys(deps);
  registerChallenge(deps);
};

/** What a committed command was about. */
const sendParticipant = async ({ pool }: Deps, reply: FastifyReply, guid: string, status: number): Promise<void> => {
  const found = await findParticipant(pool, guid);
  if (found === null) sendRefusal(reply, refuse("PARTICIPANT_NOT_FOUND"));
  else reply.code(status).send(found);
};

const registerReading = (deps: Deps): void => {
  const { server, pool } = deps;
  server.get(
    PARTICIPANTS,
    {
      config,
      schema: {
        summary: "The banks that take part, oldest first",
        tags,
        querystring: Closed({ mode: Type.Optional(ModeChoice), ...cursorPaging() }),
        response: { 200: CursorPage(Participant) },
      },
    },
    (request) => listParticipants(pool, request.query.mode ?? null, request.query),
  );

  server.get(
    `${PARTICIPANTS}/:guid`,
    {
      config,
      schema: {
        summary: "A bank that takes part, with its keys",
        tags,
        params: GuidParams,
        response: { 200: Participant, ...operatorErrorResponses(["PARTICIPANT_NOT_FOUND"]) },
      },
    },
    (request, reply) => sendParticipant(deps, reply, request.params.guid, 200),
  );
};

const registerCreating = (deps: Deps): void => {
  const { server, submit } = deps;
  server.post(
    PARTICIPANTS,
    {
      config,
      schema: {
        summary: "Let a bank take part",
        description: "In production by a `rail_operator` alone; its callback URL is used once it has proven itself.",
        tags,
        body: CreateBody,
        response: { 201: Participant, ...operatorErrorResponses(createParticipant.refuses) },
      },
    },
    (request, reply) => {
      const { name, mode, bank_codes: bankCodes, profile = "strong", receiver_search = true } = request.body;
      const { callback_url: callbackUrl = null, deeplink_url: deeplinkUrl = null } = request.body;
      const terms = {
        guid: randomUUID(),
        name,
        mode,
        bankCodes,
        callbackUrl,
        deeplinkUrl,
        profile,
        receiverSearch: receiver_search,
      };
      const input = { operator: operatorOf(request), terms, challenge: newChallenge() };
      return submit(request, reply, createParticipant, input, {
        present: ({ guid }) => sendParticipant(deps, reply, guid, 201),
      });
    },
  );
};

const registerEditing = (deps: Deps): void => {
  const { server, submit, directory } = deps;
  server.patch(
    `${PARTICIPANTS}/:guid`,
    {
      config,
      schema: {
        summary: "Change a participant, or suspend it",
        description: "What is left out stays. A new callback URL in production has to prove itself again.",
        tags,
        params: GuidParams,
        body: EditBody,
        response: {
          200: Participant,
          ...operatorErrorResponses(editParticipant.refuses),
        },
      },
    },
    async (request, reply) => {
      const { guid } = request.params;
      // Another node may have changed it a moment ago.
      await directory.refresh();
      const known = directory.participant(guid);
      if (known === undefined) {
        sendRefusal(reply, refuse("PARTICIPANT_NOT_FOUND"));
        return;
      }
      const { mode, bankCodes } = known;
      const changes = changesOf(request.body);
      const input = {
        operator: operatorOf(request),
        guid,
        known: { mode, bankCodes },
        changes,
        challenge: newChallenge(),
      };
      await submit(request, reply, editParticipant, input, { present: () => sendParticipant(deps, reply, guid, 200) });
    },
  );
};

const changesOf = (body: Static<typeof EditBody>): Changes => {
  const { bank_codes, callback_url, deeplink_url, receiver_search, ...rest } = body;
  return {
    ...rest,
    ...(bank_codes === undefined ? {} : { bankCodes: bank_codes }),
    ...(callback_url === undefined ? {} : { callbackUrl: callback_url }),
    ...(deeplink_url === undefined ? {} : { deeplinkUrl: deeplink_url }),
    ...(receiver_search === undefined ? {} : { receiverSearch: receiver_search }),
  };
};

/** Of either use: what it says in `use` decides, and a key for signatures may say nothing. */
const readKey = (jwk: Readonly<Record<string, unknown>>) => {
  if (jwk.use === "enc") return readEncryptionKey(jwk);
  const key = readPublicKey(jwk);
  return "fault" in key ? key : publicJwkOf(key);
};

const registerAddingKeys = ({ server, submit, pool }: Deps): void => {
  server.post(
    `${PARTICIPANTS}/:guid/keys`,
    {
      config: keysConfig,
      schema: {
        summary: "Install a bank's public key",
        description:
          'Several may be valid at once. The kid is unique among all banks, for ever. With `use: "enc"` it is for what other banks encrypt for this one, and verifies nothing.',
        tags,
        params: GuidParams,
        body: KeyBody,
        response: {
          201: RegisteredKey,
          ...operatorErrorResponses(addKey.refuses),
        },
      },
    },
    async (request, reply) => {
      const { nbf, exp, ...jwk } = request.body;
      const key = readKey(jwk);
      if ("fault" in key) {
        sendRefusal(reply, refuse("KEY_REFUSED", { fault: key.fault }));
        return;
      }
      const { guid } = request.params;
      const times = { notBefore: instantOf(nbf), expiresAt: instantOf(exp) };
      const input = { operator: operatorOf(request), guid, jwk: key, ...times };
      await submit(request, reply, addKey, input, {
        claims: [kidClaim(input, randomUUID())],
        async present({ kid }) {
          const found = await findKey(pool, kid);
          if (found === null) throw new Error("a key that was added is not there");
          reply.code(201).send(keyDocument(found));
        },
      });
    },
  );
};

const registerRevokingKeys = ({ server, submit }: Deps): void => {
  server.delete(
    `${PARTICIPANTS}/:guid/keys/:kid`,
    {
      config: keysConfig,
      schema: {
        summary: "Revoke a key: nothing that it signed is taken any more",
        tags,
        params: KidParams,
        response: {
          204: Type.Null({ description: "revoked" }),
          ...operatorErrorResponses(revokeKey.refuses),
        },
      },
    },
    (request, reply) =>
      submit(
        request,
        reply,
        revokeKey,
        { operator: operatorOf(request), ...request.params },
        {
          async present() {
            reply.code(204).send(null);
          },
        },
      ),
  );
};

const instantOf = (seconds: number | undefined): Instant | null =>
  seconds === undefined ? null : instant(seconds * SECOND);

const registerChallenge = (deps: Deps): void => {
  const { server, submit } = deps;
  server.post(
    `${PARTICIPANTS}/:guid/challenge`,
    {
      config,
      schema: {
        summary: "Have the callback URL prove itself anew",
        tags,
        params: GuidParams,
        response: { 202: Participant, ...operatorErrorResponses(challengeCallback.refuses) },
      },
    },
    (request, reply) => {
      const { guid } = request.params;
      const input = { operator: operatorOf(request), guid, challenge: newChallenge() };
      return submit(request, reply, challengeCallback, input, {
        present: () => sendParticipant(deps, reply, guid, 202),
      });
    },
  );
};
