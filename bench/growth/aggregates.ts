/** Who traded what with whom, worked out once: every other row is made from these tables of the schema `growth`. */

export type Sizes = {
  readonly orders: number;
  readonly merchants: number;
  readonly makers: number;
  readonly users: number;
  /** Ids of merchants are numbers, those of makers `m1` …, those of users `u1` …. */
  readonly firstMerchant: number;
  readonly firstAd: number;
  readonly firstMakerAd: number;
  /** Kopecks. */
  readonly merchantDeposit: bigint;
  readonly makerDeposit: bigint;
  readonly amount: number;
  readonly method: string;
};

/** Spreads orders over makers and users without a pattern that a page could show. */
const SPREAD = "(g::bigint * 2654435761)";

/** The oldest orders are all one merchant's, who has none since. */
const merchantOf = ({ orders, merchants }: Sizes): string =>
  `case when g <= ${orders} / 20 then ${merchants} else g / 2 % ${merchants} end`;

/**
 * Of each order: the parties, its ad, how it ended (0 released, 1 cancelled by the buyer, 2 released by an operator), whether
 * the parties wrote and the buyer rated, and the how-manieth purchase of its buyer and sale of its seller it is. All ended
 * before the last week, so that their events are gone; one in ten counts for this month.
 */
const orders = (sizes: Sizes): string => `create unlogged table growth.o as
  with b as (select g as id,
      case when g % 2 = 0 then (${sizes.firstMerchant} + ${merchantOf(sizes)})::text
        else 'm' || 1 + ${SPREAD} % ${sizes.makers} end as seller,
      case when g % 2 = 0 then ${sizes.firstAd} + ${merchantOf(sizes)}
        else ${sizes.firstMakerAd} + 1 + ${SPREAD} % ${sizes.makers} end as ad_id,
      'u' || 1 + (hashint8(g)::bigint + 2147483648) % ${sizes.users} as buyer,
      case when g % 100 < 7 then 1 when g % 100 = 7 then 2 else 0 end as ending,
      g % 4 = 0 as talked, g % 20 in (9, 18) as rated,
      date_trunc('milliseconds', now() - case when g <= ${sizes.orders} * 0.9
        then interval '365 days' - g * (interval '370 days' / ${sizes.orders})
        else interval '28 days' - (g - ${sizes.orders} * 0.9) * (interval '200 days' / ${sizes.orders}) end) as at
    from generate_series(1::bigint, ${sizes.orders}) g)
  select *, (array[3, 2, 4])[ending + 1] as changes,
    count(*) filter (where ending <> 1) over (partition by buyer order by id) as bought,
    count(*) filter (where ending <> 1) over (partition by seller order by id) as sold
  from b order by id`;

const DAY_OF = (at: string): string => `extract(day from ${at} - timestamptz '1970-01-01 00:00:00+00')::int`;

/** Orders complete two minutes after they were made. */
const COMPLETED_DAY = DAY_OF("(at + interval '2 minutes')");

export const aggregates = (sizes: Sizes): readonly string[] => [
  orders(sizes),
  "analyze growth.o",
  `create unlogged table growth.rating_days as
    select seller as ratee, buyer as rater, ${DAY_OF("(at + interval '1 hour')")} as day
    from growth.o where rated and ending <> 1 group by 1, 2, 3`,
  `create unlogged table growth.partners as
    select buyer, seller, min(at) as since, max(${COMPLETED_DAY}) as bought_day, count(distinct ${COMPLETED_DAY}) as days
    from growth.o where ending <> 1 group by 1, 2`,
  `create unlogged table growth.days as select trader, array_agg(value order by day, place) as days from (
      select trader, ${COMPLETED_DAY} as day, count(*) filter (where ending <> 1)::int as completed,
        count(*) filter (where ending = 1)::int as dropped
      from growth.o, lateral (values (buyer, true), (seller, ending <> 1)) t(trader, counts)
      where counts and at > now() - interval '28 days' group by 1, 2) d,
    lateral (values (day, 1), (completed, 2), (dropped, 3)) v(value, place) group by trader`,
  `create unlogged table growth.t as
    with bought as (select buyer as id, max(bought) as n from growth.o group by 1),
      sold as (select seller as id, max(sold) as n from growth.o group by 1),
      rated as (select ratee as id, count(*) as n from growth.rating_days group by 1),
      met as (select id, count(*) as n, sum(days)::int as counted from growth.partners, lateral (values (buyer), (seller)) v(id) group by id)
    select id, coalesce(b.n, s.n) as n, b.n is not null as buys, coalesce(r.n, 0) as ratings, coalesce(p.n, 0) as partners,
      coalesce(p.counted, 0) as counted,
      coalesce(d.days, '{}') as days
    from bought b full join sold s using (id) left join rated r using (id) left join met p using (id)
    left join growth.days d on d.trader = id`,
  "analyze growth.t",
];
