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
  const health = { config: { access: "health" }, schema: { hide: true } } as const;
  let checking: Promise<boolean> | null = null;
  /** One look at the database for all who ask meanwhile, for nobody counts how often they do. */
  const check = (): Promise<boolean> => {
    // A check that breaks says the same as one that fails.
    checking ??= deps
      .ready()
      .catch(() => false)
      .finally(() => {
        checking = null;
      });
    return checking;
  };
  server.get("/health/live", health, async () => ({ status: "live" }));
  server.get("/health/ready", health, async (_request, reply) => {
    const ready = await check();
    return ready ? reply.send({ status: "ready" }) : sendRefusal(reply, refuse("OVERLOADED"));
  });
  server.get("/.well-known/jwks.json", open, async (_request, reply) =>
    reply.header("cache-control", `public, max-age=${JWKS_MAX_AGE_SECONDS}`).send(deps.publicJwks()),
  );
};
