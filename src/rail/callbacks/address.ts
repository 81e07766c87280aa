/** Where a bank is called, and whether it may be. */
import { withoutTrailing } from "../../kernel/index.ts";
import type { Participant } from "../tables/index.ts";

type Called = Pick<Participant, "mode" | "state" | "callbackUrl" | "callbackProvenAt">;

/** In production a callback URL counts once it was proven. */
export const hasCallback = <Bank extends Omit<Called, "state">>(bank: Bank): bank is Bank & { callbackUrl: string } =>
  bank.callbackUrl !== null && (bank.mode === "sandbox" || bank.callbackProvenAt !== null);

export const isCallable = <Bank extends Called>(bank: Bank): bank is Bank & { callbackUrl: string } =>
  bank.state === "active" && hasCallback(bank);

/** Keeps the URL as the bank wrote it, because `aud` has to match. */
export const callbackAddress = (base: string, path: string): string => {
  const query = base.indexOf("?");
  const place = query < 0 ? base : base.slice(0, query);
  return `${withoutTrailing(place, "/")}/${path}${query < 0 ? "" : base.slice(query)}`;
};
