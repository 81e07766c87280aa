/** Finds files of a chat, for the parties and for the operator of the case. */
import type { Pool } from "pg";
import { type RefusalOf, refuse, type TraderId } from "../../kernel/index.ts";
import { select } from "../rows.ts";
import { type Attachment, attachments, orderStates, traders } from "../tables/index.ts";
import { FILE_COLUMNS, FILE_RULES, refuseFile } from "./upload-rules.ts";

/** Who looks at files: a party, or the operator who is assigned, while the caller's token says that it is one. */
export type FileViewer = { readonly id: TraderId; readonly isOperator: boolean };

/** `asOperator`: it is shown to somebody who is no party, which is an act. */
export type FoundFile = Attachment & { readonly asOperator: boolean };

/** What `findFile` says no with. */
export const FILE_REFUSALS = ["ORDER_NOT_FOUND", "NOT_FOUND"] as const;

const FILE = select(attachments, "f");

/**
 * ORDER_NOT_FOUND for who is neither a party nor the operator of the case. What a hidden line showed is for that
 * operator alone.
 */
export const findFile = async (
  pool: Pool,
  viewer: FileViewer,
  order: number,
  id: string,
): Promise<FoundFile | RefusalOf<typeof FILE_REFUSALS>> => {
  const { rows } = await pool.query({
    name: "attachment",
    text: `select ${FILE.list}, f.id is not null as "isThere", $2 not in (s.buyer_id, s.seller_id) as "asOperator"
      from exchange.order_states s
      left join exchange.disputes d on d.order_id = s.order_id
      left join exchange.attachments f on f.id = $3 and f.order_id = s.order_id
        and ($2 not in (s.buyer_id, s.seller_id) or not exists (
          select from exchange.hidden_messages h join exchange.messages m using (order_id, seq)
          where h.order_id = s.order_id and f.id = any(m.attachment_ids)))
      where s.order_id = $1 and ($2 in (s.buyer_id, s.seller_id) or ($4 and d.assigned_to = $2))`,
    values: [order, viewer.id, id, viewer.isOperator],
  });
  const [found] = rows;
  if (found === undefined) return refuse("ORDER_NOT_FOUND");
  return found.isThere ? { ...FILE.rowOf(found), asOperator: found.asOperator } : refuse("NOT_FOUND");
};

const ORDER = select(orderStates, "s", FILE_COLUMNS);
const SENDER = select(traders, "t", ["fileBytes"]);

/** What `refuseUpload` says no with. */
export const UPLOAD_REFUSALS = ["ORDER_NOT_FOUND", ...FILE_RULES] as const;

/**
 * What is known of an upload before a byte of it is read; its command looks again.
 * @param mayRepeat whether it may be the repeat of one that was taken, which only its content tells
 */
export const refuseUpload = async (
  pool: Pool,
  viewer: FileViewer,
  order: number,
  mayRepeat: boolean,
): Promise<RefusalOf<typeof UPLOAD_REFUSALS> | undefined> => {
  const { rows } = await pool.query({
    name: "may upload",
    text: `select ${ORDER.list}, ${SENDER.list} from exchange.order_states s
      join exchange.traders t on t.id = $2
      left join exchange.disputes d on d.order_id = s.order_id
      where s.order_id = $1 and ($2 in (s.buyer_id, s.seller_id) or ($3 and d.assigned_to = $2))`,
    values: [order, viewer.id, viewer.isOperator],
  });
  const [found] = rows;
  if (found === undefined) return refuse("ORDER_NOT_FOUND");
  return mayRepeat ? undefined : refuseFile(ORDER.rowOf(found), SENDER.rowOf(found), 1);
};
