/** Who reads: the largest merchant, one who has been away for long, users from first to last, an operator. */
import pg from "pg";
import { openIssuer } from "../../src/keys/index.ts";
import { makerId } from "../trade/market.ts";
import type { Site } from "../trade/stage.ts";
import { sizesOf } from "./orders.ts";
import type { Readers } from "./reads.ts";

const READERS = 48;
const TOKEN_SECONDS = 7_200;

/** Numbers from 1 to `count` at equal distances. */
const spread = (count: number): readonly number[] =>
  Array.from({ length: READERS }, (_, index) => 1 + Math.floor(((index + 0.5) * count) / READERS));

/** Every fourth order was talked about. */
const someOrders = async ({ superuserUrl }: Site) => {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const {
      rows: [last],
    } = await client.query<{ id: number }>("select max(id)::int as id from exchange.orders");
    const ids = spread((last?.id ?? 0) / 4 - 1).map((id) => id * 4);
    const { rows } = await client.query<{ id: number; buyer: string }>(
      "select id::int, buyer_id as buyer from exchange.orders where id = any($1)",
      [ids],
    );
    return rows;
  } finally {
    await client.end();
  }
};

/** @param orders finished ones that were loaded */
export const readersOf = async (site: Site, orders: number): Promise<Readers> => {
  const issuer = await openIssuer(site.env.DATA_DIR ?? "");
  const token = (sub: string, roles: readonly string[] = []) =>
    issuer.signToken({ sub, roles: [...roles], ttlSeconds: TOKEN_SECONDS });
  const { users, merchants } = sizesOf(Math.max(orders, READERS), 1);
  return {
    merchant: await token(makerId(0)),
    dormant: await token(makerId(merchants)),
    users: await Promise.all(spread(users).map((user) => token(`u${user}`))),
    operator: await token("olga", ["operator"]),
    orders: await Promise.all(
      (await someOrders(site)).map(async ({ id, buyer }) => ({ id, token: await token(buyer) })),
    ),
  };
};
