/** HTTP for the story of an order: for each party, and for operators, whose every look is in the audit trail. */
import type { FastifyReply } from "fastify";
import { Closed, callerOf, ENGINE_CODES, Id, JSON_ANSWER, Ref, sendRefusal } from "../../http/index.ts";
import {
  createTurns,
  instant,
  isRefusal,
  type OrderId,
  refuse,
  SECOND,
  type TraderId,
  toRfc3339,
} from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { readCase } from "../disputes/index.ts";
import { errorResponses } from "../errors.ts";
import { findOrder, presentOrder } from "../orders/index.ts";
import { chain, DOSSIER_TYPE, type Dossier, type PublicKey, type Seal } from "./dossier.ts";
import { type StoryView, storyOf } from "./queries.ts";
import { DossierSchema } from "./schemas.ts";

const OrderParams = Closed({ id: Id() });

export const registerDossierRoutes = (deps: ExchangeDeps) => {
  const { server, pool, details, executor } = deps;
  const present = presentOrder(details);
  const send = createMaker(deps);

  server.get(
    "/api/v1/p2p/orders/:id/dossier",
    {
      config: { access: "trader" },
      schema: {
        summary: "The whole story of one's order, hash-chained and signed",
        tags: ["Orders"],
        params: OrderParams,
        response: { 200: Ref(DossierSchema), ...errorResponses(["ORDER_NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      const { traderId } = callerOf(request);
      const order = await findOrder(pool, traderId, request.params.id);
      if (order === null) return sendRefusal(reply, refuse("ORDER_NOT_FOUND"));
      // What the order itself masks by now is masked here too.
      const { payment_details } = present(order);
      return send(traderId, order.id, { acts: false, details: payment_details }, reply);
    },
  );

  server.get(
    "/api/v1/operator/orders/:id",
    {
      config: { access: "operator" },
      schema: {
        summary: "The dossier of an order that is or was disputed; each look is in the audit trail",
        tags: ["Operators"],
        params: OrderParams,
        response: { 200: Ref(DossierSchema), ...errorResponses([...readCase.refuses, ...ENGINE_CODES]) },
      },
    },
    async (request, reply) => {
      const { traderId: operatorId } = callerOf(request);
      const orderId = request.params.id as OrderId;
      const { outcome } = await executor.submit(readCase, { orderId, operatorId }, { caller: operatorId });
      if (isRefusal(outcome)) return sendRefusal(reply, outcome);
      const order = await findOrder(pool, outcome.seller, orderId);
      if (order === null) throw new Error("a disputed order cannot be found");
      const { payment_details } = present(order);
      return send(operatorId, orderId, { acts: true, details: payment_details }, reply);
    },
  );
};

/** Each may be the longest there is, in memory twice over. */
const TURNS = { atOnce: 2, waitMs: 10 * SECOND };

/** Makes dossiers, as JSON, a few at a time and one of each caller in turn. */
const createMaker = ({ issuer, pool }: ExchangeDeps) => {
  const turns = createTurns(TURNS);

  const make = async (orderId: OrderId, view: StoryView): Promise<Buffer> => {
    const signer = await issuer.signer();
    const { length, head, bytes } = await chain(await storyOf(pool, orderId, view));
    const made_at = toRfc3339(instant(Date.now()));
    const seal: Seal = { version: 1, order_id: orderId, made_at, entries: length, head };
    const whole = {
      version: seal.version,
      order_id: orderId,
      made_at,
      signature: await signer.sign({ ...seal }, DOSSIER_TYPE),
      key: publicKeyOf(signer.publicJwk),
    } satisfies Omit<Dossier, "entries">;
    return Buffer.concat([Buffer.from('{"entries":['), ...bytes, Buffer.from(`],${JSON.stringify(whole).slice(1)}`)]);
  };

  return async (caller: TraderId, orderId: OrderId, view: StoryView, reply: FastifyReply): Promise<void> => {
    const made = await turns.take(caller, () => make(orderId, view));
    if (made === null) sendRefusal(reply, refuse("OVERLOADED"));
    else reply.header("content-type", JSON_ANSWER).send(made.done);
  };
};

const publicKeyOf = ({ crv, kty, x, y }: PublicKey): PublicKey => ({ crv, kty, x, y });
