/** Proves that the books of both systems agree: what the rail released was paid, once, by that sum, to that account. */
import { type Audit, type AuditOptions, inSlices, runAudit, type Slices } from "../database/index.ts";
import { PREFIX } from "./trade.ts";

/** Released by the banks' reports, and by nothing else. */
const RELEASED = `exchange.settlements s
  join exchange.orders o on o.id = s.order_id
  join exchange.order_history h on h.order_id = s.order_id and h.action = 'payment-confirmed'`;

const TRADES: Slices = {
  table: "exchange.settlements",
  key: "order_id",
  type: "bigint",
  checks: [
    {
      name: "each order that the rail released has one completed payment, of its sum, on the link that was made for it",
      sql: (within) => `
        select 'order ' || s.order_id || ': payment ' || coalesce(p.guid, 'none') || ', status ' || coalesce(p.status, 'none') as fault
        from ${RELEASED}
        left join rail.payments p on p.guid = s.payment_guid
        left join rail.orders r on r.guid = p.order_guid
        where ${within("s.order_id")} and (p.status, p.amount, p.currency, r.external_id, r.type)
          is distinct from ('completed'::text, o.fiat_amount, o.fiat_currency, '${PREFIX}' || o.id, 'link'::text)`,
    },
    {
      name: "the link of a trade has one completed payment at most",
      sql: (within) => `
        select 'order ' || s.order_id || ' was paid ' || count(*) || ' times' as fault
        from exchange.settlements s
        join rail.orders r on r.guid = right(s.deeplinks_page_url, 36)
        join rail.payments p on p.order_guid = r.guid and p.status = 'completed'
        where ${within("s.order_id")} group by s.order_id having count(*) > 1`,
    },
    {
      name: "what a payment over the rail did is in the order's history",
      sql: (within) => `
        select 'order ' || s.order_id || ' is ' || s.state || ' without a line that says so' as fault
        from exchange.settlements s
        where ${within("s.order_id")} and s.state <> 'preparing' and not exists (
          select from exchange.order_history h where h.order_id = s.order_id and h.action = any(case s.state
            when 'payable' then array['payment-link'] when 'paying' then array['payment-opened']
            when 'paid' then array['payment-announced'] when 'late' then array['payment-late']
            when 'settled' then array['payment-confirmed', 'payment-arrived'] else array['payment-failed'] end))`,
    },
  ],
};

/** Where both systems stand on one database. @param options as for the audit of each system */
export const auditSettlement = (options: string | AuditOptions): Promise<Audit> =>
  runAudit("settlement", [inSlices(TRADES)], typeof options === "string" ? { connectionString: options } : options);
