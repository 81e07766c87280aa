/** Searches that are under way, for operators, on the exchange's listener. They name the banks and no phone. */
import type { Pool } from "pg";
import { Type } from "typebox";
import { guidPlaceOf, instantOf, type ListQuery, listPage, OLDEST_GUID, select } from "../../database/index.ts";
import { type AnswerOf, Choice, Closed, CursorPage, cursorPaging, Ref, type Server } from "../../http/index.ts";
import { toRfc3339 } from "../../kernel/index.ts";
import { searches } from "../tables/index.ts";

const Bank = Closed({ guid: Type.String(), name: Type.String() });
const Time = (description: string) => Type.String({ format: "date-time", description });
const Count = (description: string) => Type.Integer({ minimum: 0, description });

const SearchComponent = Closed(
  {
    guid: Type.String({ format: "uuid", description: "the banks that are asked know it by the same" }),
    mode: Choice(["sandbox", "production"]),
    started_at: Time("when the first order asked"),
    ends_at: Time("whoever has not answered by then has said no"),
    asked: Count("banks that were asked"),
    asking: Type.Array(Bank, { description: "those that have not said no" }),
    silent: Count("of those, the ones that have not even said that they ask their client"),
    orders: Count("orders that wait for it"),
  },
  { $id: "RailSearch", description: "Whose phone it is, asked of the banks." },
);

const SEARCH = select(searches, "s");

const listSearches = async (pool: Pool, query: ListQuery) => {
  const { rank, id } = guidPlaceOf(query, OLDEST_GUID);
  const { rows } = await pool.query({
    name: "searches under way",
    text: `select ${SEARCH.list}, coalesce((select json_agg(json_build_object('guid', p.guid, 'name', p.name) order by p.name)
        from rail.participants p where p.guid = any(s.asking)), '[]') as banks
      from rail.searches s where s.ended_at is null and (s.started_at, s.request_guid) > (${instantOf("$3")}, $4)
      order by s.started_at, s.request_guid limit $1 offset $2`,
    values: [query.limit + 1, query.offset, rank, id],
  });
  const found = rows.map((row) => ({
    search: SEARCH.rowOf(row),
    banks: row.banks as AnswerOf<typeof SearchComponent>["asking"],
  }));
  const shown = listPage(found, query, ({ search }) => ({ rank: search.startedAt, id: search.requestGuid }));
  return {
    ...shown,
    items: shown.items.map(
      ({ search, banks }): AnswerOf<typeof SearchComponent> => ({
        guid: search.requestGuid,
        mode: search.mode,
        started_at: toRfc3339(search.startedAt),
        ends_at: toRfc3339(search.until),
        asked: search.asked.length,
        asking: banks,
        silent: search.unheard.length,
        orders: search.waiting,
      }),
    ),
  };
};

export const registerSearchOperatorRoutes = ({
  server,
  pool,
}: {
  readonly server: Server;
  readonly pool: Pool;
}): void => {
  server.addSchema(SearchComponent);
  server.get(
    "/api/v1/operator/searches",
    {
      config: { access: "rail_operator" },
      schema: {
        summary: "Searches for the bank of a phone that are under way, oldest first",
        tags: ["Rail participants"],
        querystring: Closed(cursorPaging()),
        response: { 200: CursorPage(Ref(SearchComponent)) },
      },
    },
    (request) => listSearches(pool, request.query),
  );
};
