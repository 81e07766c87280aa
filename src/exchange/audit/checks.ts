/** What must be true of the exchange, foreign keys that the hot tables do without included. */
import { atOnce, inSlices, type Proof, type Statement } from "../../database/index.ts";
import { COPIES, copiesIn } from "../../engine/index.ts";
import { booksProof } from "../../ledger/index.ts";
import type { Settings } from "../settings.ts";
import { market } from "./market.ts";
import { ORDERS } from "./orders.ts";
import { RECORDS } from "./traders.ts";

/** Events are kept for seven days; those of the last hours may be on their way out. */
const EVENTS_SINCE = "now() - interval '6 days'";

const FEED: readonly Statement[] = [
  {
    name: "each status change has one event for each party",
    sql: `select 'order ' || h.order_id || ' change ' || h.change || ': ' || count(e.recipient) || ' events' as fault
      from exchange.order_history h join exchange.orders o on o.id = h.order_id
      left join ${copiesIn("exchange")} e on e.type = 'order.updated' and e.recipient in (o.buyer_id, o.seller_id)
        and (e.data ->> 'order_id')::bigint = h.order_id and (e.data ->> 'change')::int = h.change
      where h.at > ${EVENTS_SINCE} group by h.order_id, h.change having count(e.recipient) <> 2`,
  },
  {
    name: "the feed has no gap",
    sql: `select 'the row at ' || position || ' begins after ' || begin || ', the one before it ends at ' || previous as fault
      from (select position, position - ${COPIES} as begin, lag(position) over (order by position) as previous
        from exchange.events) e where begin <> previous
      union all
      select 'the last row is at ' || last || ', the feed at ' || position
      from (select max(position) as last from exchange.events) e, exchange.feed where last <> position`,
  },
  {
    name: "no claim is without its answer",
    sql: "select scope || ' ' || key as fault from exchange.claims where answer is null",
  },
];

/** What all accounts hold: those of traders, and each order its own escrow. */
const HELD = `(select coalesce(sum(balance), 0) from exchange.accounts)
  + (select coalesce(sum(escrow), 0) from exchange.order_states)`;
/** Of a transfer `t` that names an account `n`. */
const IS_ESCROW = `n.account = 'escrow/' || t.order_id
  and exists (select from exchange.order_states s where s.order_id = t.order_id)`;

export const proofsOf = (settings: Settings): readonly Proof[] => [
  booksProof({ schema: "exchange", held: HELD, kept: IS_ESCROW }),
  inSlices(ORDERS),
  inSlices(RECORDS),
  inSlices(market(settings)),
  atOnce(FEED),
];
