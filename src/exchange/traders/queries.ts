/** Reads public profiles. */
import type { Pool } from "pg";
import { instant } from "../../kernel/index.ts";
import { rowOf } from "../rows.ts";
import { traders } from "../tables/index.ts";
import { profileView } from "./views.ts";

export const findProfile = async (pool: Pool, id: string) => {
  const { rows } = await pool.query({
    name: "profile",
    text: "select * from exchange.traders where id = $1",
    values: [id],
  });
  return rows[0] === undefined ? null : profileView(rowOf(traders, rows[0]), instant(Date.now()));
};
