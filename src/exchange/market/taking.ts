/**
 * What the market tells whoever is known: whether each ad may be taken, and what stands in between. A page is everybody's,
 * from memory, with the caller's reasons set into it; what they follow from is one row of the caller's, as fresh as pages are.
 */
import { LRUCache } from "lru-cache";
import type { Pool } from "pg";
import { amount, type Instant, instant, type TraderId } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { type AdView, reasonsAgainst, TAKER_COLUMNS, type TakenAd, type Taker } from "../ads/index.ts";
import { select } from "../rows.ts";
import type { Settings } from "../settings.ts";
import { accounts, traders } from "../tables/index.ts";
import type { PageCache } from "./page-cache.ts";

const TRADER = select(traders, "t", TAKER_COLUMNS);
const ACCOUNT = select(accounts, "b", ["balance"]);

/** Pages that were taken apart, each some 30 KB. */
const TAKEN_APART = 256;

type Deps = { readonly pool: Pool; readonly pages: PageCache; readonly settings: Settings };

/** A page's text, cut behind each ad. */
type Parts = { readonly ads: readonly { readonly text: string; readonly ad: TakenAd }[]; readonly rest: string };

export type TakingViews = {
  /** @param page as everybody is given it */
  withReasons(page: string, caller: TraderId): Promise<string>;
  reasonsFor(ad: TakenAd, caller: TraderId): Promise<Pick<AdView, "can_take" | "reasons">>;
};

export const createTakingViews = ({ pool, pages, settings }: Deps): TakingViews => {
  const known = new LRUCache<string, Parts>({ max: TAKEN_APART });

  const takerOf = async (id: TraderId): Promise<Taker> => {
    const row = JSON.parse(await pages.page({ taker: id }, () => readTaker(pool, id)));
    return { trader: TRADER.rowOf(row), balance: amount(ACCOUNT.rowOf(row).balance) };
  };
  const judge = (ad: TakenAd, taker: Taker, now: Instant) => {
    const reasons = reasonsAgainst(ad, taker, now, settings);
    return { can_take: reasons.length === 0, reasons };
  };

  return {
    async withReasons(page, caller) {
      const parts = known.get(page) ?? takeApart(page);
      known.set(page, parts);
      const taker = await takerOf(caller);
      const now = instant(Date.now());
      const items = parts.ads.map(({ text, ad }) => {
        const said = JSON.stringify(judge(ad, taker, now));
        return `${text.slice(0, -1)},${said.slice(1)}`;
      });
      return `{"items":[${items.join(",")}],${parts.rest}`;
    },
    reasonsFor: async (ad, caller) => judge(ad, await takerOf(caller), instant(Date.now())),
  };
};

const readTaker = async (pool: Pool, id: TraderId): Promise<object> => {
  const { rows } = await pool.query({
    name: "taker",
    text: `select ${TRADER.list}, ${ACCOUNT.list} from exchange.traders t join exchange.accounts b on b.id = $2 where t.id = $1`,
    values: [id, availableAccount(id)],
  });
  if (rows[0] === undefined) throw new Error("a caller has no row");
  return rows[0];
};

const takeApart = (page: string): Parts => {
  const { items, ...rest } = JSON.parse(page) as { readonly items: readonly AdView[] };
  const ads = items.map((item) => ({
    text: JSON.stringify(item),
    ad: {
      type: item.type,
      makerId: item.maker.id,
      minAmount: amount(item.min_amount),
      closed: item.orderable ? null : ("unavailable" as const),
    },
  }));
  return { ads, rest: JSON.stringify(rest).slice(1) };
};
