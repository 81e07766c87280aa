/** The endpoints that are told. */
import type { Pool } from "pg";
import { rowOf } from "../rows.ts";
import { webhooks } from "../tables/index.ts";
import { webhookDocument } from "./webhook-commands.ts";

export const listWebhooks = async (pool: Pool) => {
  const { rows } = await pool.query({
    name: "list webhooks",
    text: "select * from exchange.webhooks where deleted_at is null order by created_at, id",
  });
  return rows.map((row) => webhookDocument(rowOf(webhooks, row)));
};
