/** Schema of the dossier as a document. */
import { Type } from "typebox";
import { Closed, Id } from "../../http/index.ts";
import type { OrderId } from "../../kernel/index.ts";
import { Time } from "../schemas.ts";

export const DossierSchema = Closed(
  {
    version: Type.Literal(1),
    order_id: Id<OrderId>(),
    made_at: Time(),
    entries: Type.Array(
      Closed({
        at: Time(),
        kind: Type.String(),
        data: Type.Object({}, { additionalProperties: true }),
        previous: Type.String(),
        hash: Type.String(),
      }),
    ),
    signature: Type.String({
      description: "compact JWS over version, order_id, made_at, number of entries and the last hash",
    }),
    key: Closed(
      { crv: Type.String(), kty: Type.String(), x: Type.String(), y: Type.String() },
      { description: "the public key, as a JWK: the members that its RFC 7638 thumbprint covers" },
    ),
  },
  { $id: "Dossier", description: "The whole story of an order, hash-chained and signed." },
);
