/**
 * The reference: our own HTTP with its tokens, schemas, limits and errors, and behind it one transaction per request.
 * What differs from the server is the way a write is done, and nothing else.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import pino from "pino";
import { Registry } from "prom-client";
import { Type } from "typebox";
import { readConfig } from "../../src/config.ts";
import { DOCUMENTATION } from "../../src/documentation/index.ts";
import { COMPONENTS } from "../../src/exchange/components.ts";
import { createDetailsCipher } from "../../src/exchange/details-cipher.ts";
import { ERRORS } from "../../src/exchange/index.ts";
import { CreateOrderBody, OrderActionBody, OrderSchema, presentOrder } from "../../src/exchange/orders/index.ts";
import {
  Closed,
  callerOf,
  createServer,
  createTokens,
  errorResponsesOf,
  Id,
  idempotencyOf,
  markReplayed,
  Ref,
  sendRefusal,
} from "../../src/http/index.ts";
import { isRefusal } from "../../src/kernel/index.ts";
import { openIssuer, openSealing } from "../../src/keys/index.ts";
import { settingsOf } from "../../src/settings.ts";
import { serveParent, usageNow } from "../child.ts";
import { type Caller, createStep, paidStep, receivedStep, type Step } from "./steps.ts";
import { createTransactions } from "./transaction.ts";

/** 10 and 40 connections were tried as well: no difference beyond the noise at any number of clients. */
const CONNECTIONS = Number(process.env.REFERENCE_CONNECTIONS ?? 20);

const config = readConfig(process.env);
if (config.database.kind === "embedded") throw new Error("the bench starts the database: DATABASE_URL is missing");
const settings = settingsOf(config);
const issuer = await openIssuer(config.dataDir);
const present = presentOrder(createDetailsCipher(await openSealing(config.dataDir)));
const { transact, end } = createTransactions(config.database.url, CONNECTIONS);
const server = await createServer({
  name: "reference",
  errors: ERRORS,
  tokens: createTokens({ own: issuer, host: null }),
  publicJwks: () => issuer.publicJwks,
  logger: pino({ level: config.logLevel }),
  metrics: new Registry(),
  ready: async () => true,
  documentation: DOCUMENTATION,
  bounds: config.bounds,
});
for (const component of COMPONENTS) server.addSchema(component);

const whoOf = (request: FastifyRequest): Caller => ({
  caller: callerOf(request).traderId,
  idempotency: idempotencyOf(request),
});

const answer = async (reply: FastifyReply, step: Step, status: number) => {
  const { outcome, replayed } = await transact((run) => step(run, settings));
  if (replayed) markReplayed(reply);
  if (isRefusal(outcome)) return sendRefusal(reply, outcome);
  return reply.code(status).send(present(outcome));
};

const errors = errorResponsesOf(ERRORS);

server.post(
  "/api/v1/p2p/orders",
  {
    config: { access: "trader" },
    schema: { body: CreateOrderBody, response: { 201: Ref(OrderSchema), ...errors(["AD_NOT_FOUND"]) } },
  },
  (request, reply) => {
    const { body } = request;
    const input = {
      adId: body.ad_id,
      // Its load names no fiat sums.
      amount: body.usdt_amount ?? 0,
      method: body.payment_method,
      adVersion: body.ad_version,
    };
    return answer(reply, createStep(whoOf(request), input), 201);
  },
);

const OrderParams = Closed({ id: Id() });
for (const [action, step] of [
  ["confirm-paid", paidStep],
  ["confirm-received", receivedStep],
] as const) {
  server.post(
    `/api/v1/p2p/orders/:id/${action}`,
    {
      config: { access: "trader" },
      schema: {
        params: OrderParams,
        body: Type.Unsafe<{ expected_status?: string }>(OrderActionBody),
        response: { 200: Ref(OrderSchema), ...errors(["ORDER_NOT_FOUND"]) },
      },
    },
    (request, reply) => {
      const input = { orderId: request.params.id, expectedStatus: request.body.expected_status };
      return answer(reply, step(whoOf(request), input), 200);
    },
  );
}

const address = await server.listen({ host: config.host, port: config.port });

await serveParent({
  greeting: { address },
  answer: async () => usageNow(),
  async stop() {
    await server.close();
    await end();
  },
});
