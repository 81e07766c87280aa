/** Money is whole minor units in big integers. A float never holds any. */

declare const amountBrand: unique symbol;

/** Balance units: one is one kopeck. Never negative. */
export type Amount = bigint & { readonly [amountBrand]: true };

/** The largest amount a request may name: 10^13 units, exact in a JSON number. */
export const MAX_AMOUNT = 10_000_000_000_000n as Amount;

/** The highest balance an account may reach: 10^15 units, so that sums stay exact in a JSON number. */
export const MAX_BALANCE = 1_000_000_000_000_000n as Amount;

export const ZERO = 0n as Amount;

/** Takes an integer that was checked at the boundary. Throws on what no boundary should have let in. */
export const amount = (units: bigint | number): Amount => {
  const value = BigInt(units);
  if (value < 0n) throw new RangeError(`an amount is never negative: ${value}`);
  return value as Amount;
};

export const plus = (a: Amount, b: Amount): Amount => (a + b) as Amount;

/** Throws when the result would be negative: the caller has checked before. */
export const minus = (a: Amount, b: Amount): Amount => amount(a - b);

/** The difference, or nothing when `b` is larger. */
export const minusUpTo = (a: Amount, b: Amount): Amount => (a > b ? minus(a, b) : ZERO);

export const times = (a: Amount, factor: bigint): Amount => amount(a * factor);

export const lesser = (a: Amount, b: Amount): Amount => (a < b ? a : b);

/** For JSON. Exact, because every amount that leaves the system is below 2^53. */
export const toNumber = (value: Amount): number => Number(value);
