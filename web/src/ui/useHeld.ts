/**
 * The list as the reader sees it. What is asked for anew in the background changes what the rows say and never which rows
 * there are or in what order: nothing moves under the finger. What came and went waits behind a bar.
 */
import { useState } from "react";

type Given<Item> = {
  /** The same array as long as nothing came in. */
  readonly items: readonly Item[];
  readonly idOf: (item: Item) => number;
  /** Of other filters, or of more pages, it is another list. */
  readonly scope: string;
  /** The first answer of this visit is on its way: nobody has begun to read. */
  readonly isArriving: boolean;
};

export type Held<Item> = {
  readonly shown: readonly Item[];
  /** How many are not shown yet. */
  readonly fresh: number;
  readonly isChanged: boolean;
  readonly refresh: () => void;
};

export const useHeld = <Item>({ items, idOf, scope, isArriving: isAsking }: Given<Item>): Held<Item> => {
  const [held, setHeld] = useState({ items, scope, isArriving: isAsking });
  const idsOf = (list: readonly Item[]): string => list.map(idOf).join();
  // Once something has come the reader reads: what is asked for later is no arrival.
  const isArriving = held.isArriving && isAsking;
  // Another list, one that nobody has begun to read, or the same rows with other words.
  const isFree = held.isArriving || held.scope !== scope || idsOf(held.items) === idsOf(items);
  // While rendering, so that no row of another list is ever drawn.
  if (isFree && (held.items !== items || held.scope !== scope || held.isArriving !== isArriving))
    setHeld({ items, scope, isArriving });
  if (isFree) return { shown: items, fresh: 0, isChanged: false, refresh: () => {} };
  const now = new Map(items.map((item) => [idOf(item), item]));
  const before = new Set(held.items.map(idOf));
  return {
    shown: held.items.map((item) => now.get(idOf(item)) ?? item),
    fresh: items.filter((item) => !before.has(idOf(item))).length,
    isChanged: true,
    refresh: () => setHeld({ items, scope, isArriving: false }),
  };
};
