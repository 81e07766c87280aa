/** The endpoints that machines ask: liveness, readiness, and our public keys. */
import type { FastifyInstance } from "fastify";
import type { JSONWebKeySet } from "jose";
import { refuse } from "../kernel/index.ts";
import { sendRefusal } from "./errors.ts";

/** Verifiers keep keys for so long; ours are known before they sign. */
const JWKS_MAX_AGE_SECONDS = 300;

/** What machines ask: does it run, can it serve, whose signature is that. */
export const registerHealth = (
  server: FastifyInstance,
  deps: { readonly ready: () => Promise<boolean>; readonly publicJwks: () => JSONWebKeySet },
): void => {
  const open = { config: { access: "open" }, schema: { hide: true } } as const;
  server.get("/health/live", open, async () => ({ status: "live" }));
  server.get("/health/ready", open, async (_request, reply) => {
    // A check that breaks says the same as one that fails.
    const ready = await deps.ready().catch(() => false);
    return ready ? reply.send({ status: "ready" }) : sendRefusal(reply, refuse("OVERLOADED"));
  });
  server.get("/.well-known/jwks.json", open, async (_request, reply) =>
    reply.header("cache-control", `public, max-age=${JWKS_MAX_AGE_SECONDS}`).send(deps.publicJwks()),
  );
};
