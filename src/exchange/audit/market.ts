/** What must be true of ads and of the market that shows them: slices of traders, as whose they are. */
import type { Check, Slices } from "../../database/index.ts";
import type { Settings } from "../settings.ts";
import { ordersOf, TRADERS, tradedSince } from "./traders.ts";

const ADS: readonly Check[] = [
  {
    name: "an ad's open amount is what its open orders hold",
    sql: (within) => `
      select 'ad ' || a.id || ' says ' || a.open_amount || ', its orders ' || coalesce(h.held, 0) as fault
      from exchange.ads a left join (
        select o.ad_id, sum(o.usdt_amount) as held
        from (${ordersOf(within, "open")}) s join exchange.orders o on o.id = s.order_id and o.maker_id = s.trader_id
        group by o.ad_id) h on h.ad_id = a.id
      where ${within("a.maker_id")} and a.open_amount <> coalesce(h.held, 0)`,
  },
  {
    name: "the slots of a trader hold what is active",
    sql: (within) => `
      select 'trader ' || t.id as fault from exchange.traders t
      left join exchange.ads s on s.maker_id = t.id and s.type = 'sell' and s.status = 'active' and ${within("s.maker_id")}
      left join exchange.ads b on b.maker_id = t.id and b.type = 'buy' and b.status = 'active' and ${within("b.maker_id")}
      where ${within("t.id")} and (t.active_sell_ad is distinct from s.id or t.active_buy_ad is distinct from b.id)`,
  },
];

/** The market's rows are derived, so they can be derived again. */
const listings = ({ minDeposit }: Settings): Check => ({
  name: "the market shows what may be ordered",
  sql: (within) => `
    with derived as (
      select a.id, a.maker_id, a.type, a.min_amount, a.max_amount, a.exchange_rate, t.rating, t.orders_count,
        coalesce(a.total_amount, a.max_amount) - a.open_amount - a.released_amount as remaining,
        greatest(b.balance - t.owed, 0) as spendable,
        t.struck_out_until is null and t.standing is distinct from 'suspended' and (t.owed = 0 or t.standing is not null) as may_offer,
        t.deposited_total >= ${minDeposit} and t.wagered >= t.wagering_required as may_sell
      from exchange.ads a join exchange.traders t on t.id = a.maker_id and ${within("t.id")}
      join exchange.accounts b on b.id = 'available/' || a.maker_id
      where a.status = 'active' and ${within("a.maker_id")}),
    expected as (
      select *, case type when 'sell' then least(remaining, spendable) else remaining end as available from derived)
    select 'ad ' || e.id as fault from expected e
    left join exchange.listings l on l.maker_id = e.maker_id and l.type = e.type and ${within("l.maker_id")}
    left join exchange.listing_counts k on k.maker_id = l.maker_id and k.type = l.type and ${within("k.maker_id")}
    where l.ad_id is distinct from e.id or l.remaining_amount <> e.remaining or l.available_amount <> e.available
      or l.shown <> (e.available >= e.min_amount and e.may_offer and (e.type = 'buy' or e.may_sell))
      or (l.min_amount, l.max_amount, l.exchange_rate) <> (e.min_amount, e.max_amount, e.exchange_rate)
      or (k.ad_id, k.fiat_currency, k.shown, k.orders_count) is distinct from (l.ad_id, l.fiat_currency, l.shown, e.orders_count)
      or l.rating is distinct from e.rating
    union all
    select 'listing of ' || l.maker_id || ' shows an ad that is not active' from exchange.listings l
    where l.shown and ${within("l.maker_id")}
      and not exists (select from exchange.ads a
        where a.id = l.ad_id and a.maker_id = l.maker_id and a.status = 'active' and ${within("a.maker_id")})
    union all
    select 'count of ' || k.maker_id || ' shows what its listing does not' from exchange.listing_counts k
    where k.shown and ${within("k.maker_id")} and not exists (
      select from exchange.listings l
      where l.maker_id = k.maker_id and l.type = k.type and l.shown and ${within("l.maker_id")})`,
});

/** An edit of an ad leaves no time: the market as it stands is proven each time. */
export const market = (settings: Settings): Slices => ({
  ...TRADERS,
  checks: [...ADS, listings(settings)],
  changedSince: (instant) => `${tradedSince(instant)}
    union all select maker_id from exchange.ads where status = 'active' or open_amount > 0
    union all select maker_id from exchange.listings where shown
    union all select maker_id from exchange.listing_counts where shown
    union all select id from exchange.traders where active_sell_ad is not null or active_buy_ad is not null`,
});
