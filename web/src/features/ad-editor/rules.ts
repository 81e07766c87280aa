/** The rules in force that bind an ad, as the server says them. */
import { useQuery } from "@tanstack/react-query";
import { settingsQuery } from "../../data/settings.ts";
import type { Rules } from "./faults.ts";

/** `RUB:50-200` */
const BAND = /^([A-Z]{3}):(\d+)-(\d+)$/;

/** Null until they are known. */
export const useEditorRules = (currency: string): Rules | null => {
  const { data } = useQuery(settingsQuery);
  if (data === undefined) return null;
  const valueOf = (name: string) => data.rules.find((rule) => rule.name === name)?.value;
  const number = (name: string): number => {
    const value = valueOf(name);
    return typeof value === "number" ? value : 0;
  };
  const bands = valueOf("rate_band");
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
