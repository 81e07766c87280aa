/** Places that all take from, and how many of them one may hold. */
export type Shared = { readonly all: number; readonly each: number };

/**
 * What one may hold now. From half full on it shrinks with the places that are free: however many hold all they may, some
 * are left, and whoever comes with nothing gets one.
 */
export const shareOf = ({ all, each }: Shared, taken: number): number =>
  Math.min(each, Math.ceil((2 * (all - taken) * each) / all));
