/**
 * The list as the reader sees it. What is asked for anew in the background changes what the rows say and never which rows
 * there are or in what order: nothing moves under the finger. What came and went waits behind a bar.
 */
import { useState } from "react";
import type { Ad } from "../../data/types.ts";

type Given = {
  /** The same as long as nothing came in. */
  readonly ads: readonly Ad[];
  /** Of other filters, or of more pages, it is another list. */
  readonly scope: string;
  /** The first answer of this visit is on its way: nobody has begun to read. */
  readonly isArriving: boolean;
};

export type Held = {
  readonly shown: readonly Ad[];
  /** Ads that are not shown yet. */
  readonly fresh: number;
  readonly isChanged: boolean;
  readonly refresh: () => void;
};

const idsOf = (ads: readonly Ad[]): string => ads.map(({ id }) => id).join();

export const useHeld = ({ ads, scope, isArriving: isAsking }: Given): Held => {
  const [held, setHeld] = useState({ ads, scope, isArriving: isAsking });
  // Once something has come the reader reads: what is asked for later is no arrival.
  const isArriving = held.isArriving && isAsking;
  // Another list, one that nobody has begun to read, or the same rows with other words.
  const isFree = held.isArriving || held.scope !== scope || idsOf(held.ads) === idsOf(ads);
  // While rendering, so that no row of another list is ever drawn.
  if (isFree && (held.ads !== ads || held.scope !== scope || held.isArriving !== isArriving))
    setHeld({ ads, scope, isArriving });
  if (isFree) return { shown: ads, fresh: 0, isChanged: false, refresh: () => {} };
  const now = new Map(ads.map((ad) => [ad.id, ad]));
  const before = new Set(held.ads.map(({ id }) => id));
  return {
    shown: held.ads.map((ad) => now.get(ad.id) ?? ad),
    fresh: ads.filter(({ id }) => !before.has(id)).length,
    isChanged: true,
    refresh: () => setHeld({ ads, scope, isArriving: false }),
  };
};
