/** The reader's own ads, all but the deleted ones, newest first: as the list shows them and as the editor begins. */
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "./client.ts";
import { keys, queryClient } from "./query.ts";
import type { OwnAd } from "./types.ts";

/** As many at once as the server gives. */
const PAGE = 100;

/** All of them: the live ones, two at most, may be older than many that are paused. */
export const ownAdsQuery = queryOptions({
  queryKey: keys.myAds,
  queryFn: async ({ signal }): Promise<readonly OwnAd[]> => {
    const found: OwnAd[] = [];
    let cursor: string | null = null;
    do {
      const query: { limit: number; cursor?: string } = { limit: PAGE, ...(cursor !== null && { cursor }) };
      const page = await ask(api.get("/p2p/ads/my", { query, signal }));
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return found;
  },
});

/** Puts an answer where every page reads it. The market and whoever looks at it ask anew. */
export const putOwnAd = (ad: OwnAd): void => {
  queryClient.setQueryData(ownAdsQuery.queryKey, (known) => {
    if (known === undefined) return known;
    const at = known.findIndex(({ id }) => id === ad.id);
    return at < 0 ? [ad, ...known] : known.with(at, ad);
  });
  void queryClient.invalidateQueries({ queryKey: keys.myAds });
  void queryClient.invalidateQueries({ queryKey: keys.market });
};

export const forgetOwnAd = (id: number): void => {
  queryClient.setQueryData(ownAdsQuery.queryKey, (known) => known?.filter((ad) => ad.id !== id));
  void queryClient.invalidateQueries({ queryKey: keys.market });
};
