/** As `trade` prints its figures, but for these two. */
export { percentile, table } from "../trade/figures.ts";

export const whole = (value: number): string => Math.round(value).toLocaleString("en");
export const fine = (value: number): string => value.toFixed(1);
