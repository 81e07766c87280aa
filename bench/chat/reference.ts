/**
 * The usual handler: our own HTTP with its tokens, schemas and errors, and behind it one transaction per message that
 * locks the order, takes the next number, and tells both parties.
 */
import pg from "pg";
import pino from "pino";
import { Registry } from "prom-client";
import { Type } from "typebox";
import { readConfig } from "../../src/config.ts";
import { DOCUMENTATION } from "../../src/documentation/index.ts";
import { ERRORS } from "../../src/exchange/index.ts";
import { Closed, callerOf, createServer, createTokens, Id } from "../../src/http/index.ts";
import { openIssuer } from "../../src/keys/index.ts";

const CONNECTIONS = 20;

const config = readConfig(process.env);
if (config.database.kind === "embedded") throw new Error("the bench starts the database: DATABASE_URL is missing");
const issuer = await openIssuer(config.dataDir);
const pool = new pg.Pool({ connectionString: config.database.url, max: CONNECTIONS });
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

const say = async (orderId: number, sender: string, message: string): Promise<object> => {
  const client = await pool.connect();
  const run = (name: string, text: string, values: readonly unknown[]) =>
    client.query({ name, text, values: [...values] });
  try {
    await client.query("begin");
    const { rows } = await run(
      "order",
      `select buyer_id, seller_id, last_seq, completed_at, cancelled_at from exchange.order_states
        where order_id = $1 and $2 in (buyer_id, seller_id) for update`,
      [orderId, sender],
    );
    const [order] = rows;
    if (order === undefined || order.cancelled_at !== null) throw new Error("no such order, or it is over");
    const seq = order.last_seq + 1;
    const inserted = await run(
      "message",
      `insert into exchange.messages (order_id, seq, kind, sender, message, attachment_ids, created_at)
        values ($1, $2, 'user', $3, $4, '{}', now()) returning created_at`,
      [orderId, seq, sender, message],
    );
    await run(
      "state",
      `update exchange.order_states set last_seq = $2, activity_at = now(), row_version = row_version + 1,
          buyer_lines = buyer_lines + (buyer_id <> $3)::int, seller_lines = seller_lines + (seller_id <> $3)::int
        where order_id = $1`,
      [orderId, seq, sender],
    );
    await run(
      "tell",
      `with taken as (update exchange.feed set position = position + 2 returning position - 2 as base)
        insert into exchange.events (position, first_recipient, second_recipient, items)
        select base + 2, $1, $2, $3::json from taken`,
      [
        order.buyer_id,
        order.seller_id,
        JSON.stringify([[3, "message.created", { order_id: orderId, seq, kind: "user" }]]),
      ],
    );
    await client.query("commit");
    const { created_at } = inserted.rows[0];
    return { order_id: orderId, seq, kind: "user", sender, message, attachments: [], created_at, read_at: null };
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
};

server.post(
  "/api/v1/p2p/orders/:id/messages",
  {
    config: { access: "trader" },
    schema: {
      params: Closed({ id: Id() }),
      body: Closed({ message: Type.String({ minLength: 1, maxLength: 2_000 }) }),
      response: { 201: Type.Any() },
    },
  },
  async (request, reply) => {
    const said = await say(request.params.id, callerOf(request).traderId, request.body.message);
    return reply.code(201).send(said);
  },
);
console.log(await server.listen({ host: config.host, port: config.port }));
process.stdin.resume();
process.stdin.once("end", () => void server.close().then(() => process.exit()));
