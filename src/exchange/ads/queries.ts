/** A maker's own ads. */
import type { Pool } from "pg";
import { amount, instant, type TraderId } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { type ListQuery, listPage, NEWEST, placeOf } from "../cursors.ts";
import { rowOf } from "../rows.ts";
import type { Settings } from "../settings.ts";
import { ads, traders } from "../tables/index.ts";
import { ownAdDocument } from "./views.ts";

/** All but the deleted ones, newest first. */
export const listOwnAds = async (pool: Pool, settings: Settings, maker: TraderId, query: ListQuery) => {
  const owners = await pool.query({
    name: "own wallet",
    text: "select t.*, b.balance from exchange.traders t join exchange.accounts b on b.id = $2 where t.id = $1",
    values: [maker, availableAccount(maker)],
  });
  const { rows } = await pool.query({
    name: "own ads",
    text: "select * from exchange.ads where maker_id = $1 and status <> 'deleted' and id < $4 order by id desc limit $2 offset $3",
    values: [maker, query.limit + 1, query.offset, placeOf(query, NEWEST).id],
  });
  const [owner] = owners.rows;
  const trader = rowOf(traders, owner);
  const found = listPage(rows, query, ({ id }) => ({ rank: 0, id }));
  const now = instant(Date.now());
  return {
    ...found,
    items: found.items.map((row) => ownAdDocument(rowOf(ads, row), trader, amount(owner.balance), settings, now)),
  };
};
