/** HTTP for whoever looks after the money: every credit and debit with who did it, by the host's server or by hand. */
import type { Pool } from "pg";
import { Type } from "typebox";
import { type ListQuery, listPage, NEWEST, placeOf } from "../../database/index.ts";
import { type AnswerOf, Closed, CursorPage, cursorPaging, Ref } from "../../http/index.ts";
import { toRfc3339 } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { select } from "../rows.ts";
import { UserId } from "../schemas.ts";
import { platformActs, traders } from "../tables/index.ts";
import { PlatformActSchema } from "./schemas.ts";

const ACT = select(platformActs, "a");
const USER = select(traders, "t", ["name"]);

/** What the commands wrote down. */
type Details = Pick<AnswerOf<typeof PlatformActSchema>, "amount" | "kind" | "external_id"> & {
  readonly reason?: string;
};

/** Newest first; of one person's, along an index of their own. */
const listActs = async (pool: Pool, user: string | undefined, query: ListQuery) => {
  const { rows } = await pool.query<Readonly<Record<string, unknown>> & { readonly id: number }>({
    name: `platform acts ${user !== undefined}`,
    text: `select a.id, ${ACT.list}, ${USER.list} from exchange.platform_acts a
      join exchange.traders t on t.id = a.trader_id
      where a.id < $3 ${user === undefined ? "" : "and a.trader_id = $4"} order by a.id desc limit $1 offset $2`,
    values: [query.limit + 1, query.offset, placeOf(query, NEWEST).id, ...(user === undefined ? [] : [user])],
  });
  const found = listPage(rows, query, ({ id }) => ({ rank: 0, id }));
  return {
    ...found,
    items: found.items.map((row): AnswerOf<typeof PlatformActSchema> => {
      const { actor, traderId, act, details, at } = ACT.rowOf(row);
      const { amount, kind, external_id, reason = null } = details as Details;
      const whose = { user_id: traderId, user_name: USER.rowOf(row).name };
      return { id: row.id, act, by: actor, ...whose, amount, kind, external_id, reason, at: toRfc3339(at) };
    }),
  };
};

export const registerActRoutes = ({ server, pool }: ExchangeDeps) => {
  server.get(
    "/api/v1/platform/acts",
    {
      config: { access: "platform" },
      schema: {
        summary: "Credits and debits, newest first, with who did each",
        tags: ["Host platform"],
        querystring: Closed({ user_id: Type.Optional(UserId), ...cursorPaging() }),
        response: { 200: CursorPage(Ref(PlatformActSchema)) },
      },
    },
    ({ query: { user_id: user, ...query } }) => listActs(pool, user, query),
  );
};
