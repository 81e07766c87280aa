/** Reads a maker's own ads. */

import type { Pool } from "pg";
import { type ListQuery, listPage, NEWEST, placeOf } from "../../database/index.ts";
import { type Amount, amount, instant, type TraderId } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { rowOf } from "../rows.ts";
import type { Settings } from "../settings.ts";
import { ads, type Trader, traders } from "../tables/index.ts";
import { type OwnAdDocument, ownAdDocument } from "./views.ts";

type Owner = { readonly trader: Trader; readonly balance: Amount };

const ownerOf = async (pool: Pool, maker: TraderId): Promise<Owner> => {
  const { rows } = await pool.query({
    name: "own wallet",
    text: "select t.*, b.balance from exchange.traders t join exchange.accounts b on b.id = $2 where t.id = $1",
    values: [maker, availableAccount(maker)],
  });
  return { trader: rowOf(traders, rows[0]), balance: amount(rows[0].balance) };
};

/** All but the deleted ones, newest first. */
export const listOwnAds = async (pool: Pool, settings: Settings, maker: TraderId, query: ListQuery) => {
  const owner = await ownerOf(pool, maker);
  const { rows } = await pool.query({
    name: "own ads",
    text: "select * from exchange.ads where maker_id = $1 and status <> 'deleted' and id < $4 order by id desc limit $2 offset $3",
    values: [maker, query.limit + 1, query.offset, placeOf(query, NEWEST).id],
  });
  const found = listPage(rows, query, ({ id }) => ({ rank: 0, id }));
  return { ...found, items: found.items.map(documentOf(owner, settings)) };
};

/** Own ads by id, in any order; deleted ones are left out. */
export const ownAdsOf = async (pool: Pool, settings: Settings, maker: TraderId, ids: readonly number[]) => {
  const { rows } = await pool.query({
    name: "own ads by id",
    text: "select * from exchange.ads where id = any($2) and maker_id = $1 and status <> 'deleted'",
    values: [maker, ids],
  });
  return rows.length === 0 ? [] : rows.map(documentOf(await ownerOf(pool, maker), settings));
};

const documentOf = ({ trader, balance }: Owner, settings: Settings) => {
  const now = instant(Date.now());
  return (row: Readonly<Record<string, unknown>>): OwnAdDocument =>
    ownAdDocument(rowOf(ads, row), trader, balance, settings, now);
};
