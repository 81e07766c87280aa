/** The rules in force that bind an ad, out of the list in which the server says all of them. */
import type { Rules } from "./faults.ts";

type Listed = { readonly rules: readonly { readonly name: string; readonly value: number | readonly string[] }[] };

/** `RUB:50-200` */
const BAND = /^([A-Z]{3}):(\d+)-(\d+)$/;

export const rulesIn =
  ({ rules }: Listed) =>
  (currency: string): Rules => {
    const ruleOf = (name: string) => rules.find((rule) => rule.name === name)?.value;
    const number = (name: string): number => {
      const value = ruleOf(name);
      return typeof value === "number" ? value : 0;
    };
    const bands = ruleOf("rate_band");
    const [, , low, high] =
      (Array.isArray(bands) ? bands : []).map((band) => BAND.exec(band)).find((match) => match?.[1] === currency) ?? [];
    return {
      rate: {
        min: low === undefined ? number("exchange_rate_min") : Number(low),
        max: high === undefined ? number("exchange_rate_max") : Number(high),
      },
      minOrder: number("min_order_amount"),
      window: { min: number("payment_window_min"), max: number("payment_window_max") },
      usualMinutes: number("pay_window") || null,
      methods: number("payment_methods"),
      detailCharacters: number("payment_detail"),
      instructionCharacters: number("instructions"),
    };
  };
