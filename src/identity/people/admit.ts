/** Letting in whoever has come: the cookie of a new session, and who it is now. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Caller, sendRefusal, setSessionCookie, toLine } from "../../http/index.ts";
import { isRefusal, type Refusal } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import { dropHalfSession, endSessionOf, type Whence } from "../sessions/index.ts";
import { describeSession, type SessionAnswer } from "./who.ts";

/** Of what a browser calls itself: more is noise. */
const MAX_AGENT = 300;

type Reply = FastifyReply & { readonly send: (answer: SessionAnswer) => unknown };

export const whenceOf = (request: FastifyRequest): Whence => ({
  agent: toLine(request.headers["user-agent"] ?? "")
    .slice(0, MAX_AGENT)
    .toWellFormed(),
  address: request.server.addressOf(request.raw),
});

export type Admit = (
  request: FastifyRequest,
  reply: Reply,
  /** The secret of a session. */
  outcome: string | Refusal,
  status?: number,
) => Promise<void>;

/** Answers with who it is now, and the cookie; what the browser's cookie opened before is over. */
export const createAdmit =
  (deps: IdentityDeps): Admit =>
  async (request, reply, outcome, status = 200) => {
    if (isRefusal(outcome)) return void sendRefusal(reply, outcome);
    await leave(deps, request);
    const caller: Caller | null = await deps.sessions.find(outcome, false);
    const answer = await describeSession(deps, caller, outcome);
    setSessionCookie(reply, deps.sessions.cookie, outcome).code(status).send(answer);
  };

export const leave = async ({ acts, sessions }: IdentityDeps, request: FastifyRequest): Promise<void> => {
  const secret = sessions.secretOf(request);
  if (secret === null) return;
  const personId = await endSessionOf(acts, secret);
  if (personId === null) await dropHalfSession(acts, secret);
  else sessions.forget(personId);
};
