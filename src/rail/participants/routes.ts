/** The public keys of the rail, for anybody, on its own listener. */
import { Type } from "typebox";
import { Closed } from "../../http/index.ts";
import type { RailDeps } from "../deps.ts";

/** Banks keep keys for so long; ours change by hand, with both in the file meanwhile. */
const JWKS_MAX_AGE_SECONDS = 300;

const Jwk = Closed({
  kty: Type.String(),
  crv: Type.String(),
  x: Type.String(),
  y: Type.String(),
  kid: Type.String(),
  alg: Type.String(),
  use: Type.String(),
});

export const registerParticipantRoutes = ({ server, issuer }: Pick<RailDeps, "server" | "issuer">): void => {
  server.get(
    "/api/v1/.well-known/jwks.json",
    {
      config: { access: "open" },
      schema: {
        operationId: "getKeys",
        summary: "Our public keys, which callbacks and signed answers are verified with",
        tags: ["Keys"],
        response: {
          200: Closed({ keys: Type.Array(Jwk) }, { description: "a JWK set; may be kept for five minutes" }),
        },
      },
    },
    async (_request, reply) =>
      reply.header("cache-control", `public, max-age=${JWKS_MAX_AGE_SECONDS}`).send(issuer.publicJwks),
  );
};
