/** Whoever changes what opens their own account. */
import type { FastifyRequest } from "fastify";
import { callerOf, demandFreshProof } from "../../http/index.ts";
import { sessionOf } from "../act.ts";

export type Mine = { readonly personId: string; readonly sessionId: string; readonly address: string };

export const mineOf = (request: FastifyRequest): Mine => ({
  personId: callerOf(request).traderId,
  sessionId: sessionOf(request).id,
  address: request.server.addressOf(request.raw),
});

/** Of whoever has just given the password or the factor. @throws RefusedError SECOND_FACTOR_REQUIRED */
export const provenOf = (request: FastifyRequest): Mine => {
  demandFreshProof(sessionOf(request));
  return mineOf(request);
};
