/**
 * The form of an answer: JSON, or the same object signed by us for a bank that accepts a JWS. What is signed says to whom
 * it was said and what had been asked, so that it proves that and nothing else.
 */
import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { pathOf, refusalBody, sendJsonText } from "../http/index.ts";
import { type Refusal, SECOND } from "../kernel/index.ts";
import type { Issuer } from "../keys/index.ts";
import type { Caller } from "./signed-requests/index.ts";

/** @property body an object of its schema's type */
export type Answer = { readonly status: number; readonly body: object; readonly location?: string };

export type Answers = {
  send(request: FastifyRequest, reply: FastifyReply, caller: Caller, answer: Answer): Promise<void>;
  /** Of a caller that is known: a 401 has none, and is never signed. */
  refuse(request: FastifyRequest, reply: FastifyReply, caller: Caller, refusal: Refusal): Promise<void>;
};

export type AnswersDeps = {
  readonly issuer: Pick<Issuer, "signText">;
  /** RAIL_PUBLIC_URL. */
  readonly publicUrl: () => string;
};

/** @property text a JSON object */
type Spelled = { readonly status: number; readonly text: string };

const SIGNED = "application/jwt";
const TYPE = "answer+jwt";

/** As readers of the document see it. */
export const SIGNED_ANSWER = {
  type: "string",
  contentMediaType: "application/jwt",
  description:
    "For `Accept: application/jwt`: compact JWS by one of our keys, with `typ: answer+jwt`, of the same object and these members.",
  contentSchema: {
    type: "object",
    required: ["iss", "aud", "iat", "jti", "path"],
    properties: {
      iss: { type: "string", description: "the rail's public URL" },
      aud: { type: "string", description: "your guid" },
      iat: { type: "integer" },
      jti: { type: "string" },
      path: { type: "string", description: "that you called, without the query" },
      req: { type: "string", description: "the jti of your body, or of your header where there was none" },
    },
  },
};

export const createAnswers = ({ issuer, publicUrl }: AnswersDeps): Answers => {
  const claimsOf = (request: FastifyRequest, { participant, jti }: Caller) => ({
    iss: publicUrl(),
    aud: participant.guid,
    iat: Math.floor(Date.now() / SECOND),
    jti: randomUUID(),
    path: pathOf(request),
    ...(jti === null ? {} : { req: jti }),
  });

  const put = async (request: FastifyRequest, reply: FastifyReply, caller: Caller, { status, text }: Spelled) => {
    if (status === 401 || !wantsJws(request)) {
      sendJsonText(reply, status, text);
      return;
    }
    const jws = await issuer.signText(withClaims(text, claimsOf(request, caller)), TYPE);
    reply.code(status).header("content-type", SIGNED).send(jws);
  };

  return {
    async send(request, reply, caller, answer) {
      if (answer.location !== undefined) reply.header("location", answer.location);
      await put(request, reply, caller, { status: answer.status, text: JSON.stringify(answer.body) });
    },
    refuse: (request, reply, caller, refusal) => put(request, reply, caller, refusalBody(reply, refusal)),
  };
};

/** @param text a JSON object, whose numbers stay as they were written */
const withClaims = (text: string, claims: object): string => {
  const rest = text.slice(1);
  return `${JSON.stringify(claims).slice(0, -1)}${rest === "}" ? "" : ","}${rest}`;
};

/** The first of its parameters says no more than the type itself. */
const wantsJws = ({ headers: { accept } }: FastifyRequest): boolean =>
  accept?.split(",").some((type) => (type.split(";")[0] ?? "").trim().toLowerCase() === SIGNED) ?? false;
