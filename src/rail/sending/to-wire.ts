/** TO WIRE: those of pay-requests/ take their place as soon as they are there. */
import type { Command } from "../../engine/index.ts";
import { type Refusal, refuse } from "../../kernel/index.ts";
import type { Preparing } from "../calls.ts";

type SettlePayment = { readonly paymentGuid: string; readonly by: string; readonly result: "success" | "failure" };

export const settlePayment: Command<SettlePayment, null> = {
  name: "settle-payment",
  needs: () => [],
  decide: () => ({ result: null, writes: [], events: [] }),
};

export const preparePayInResult =
  (_deps: object): Preparing<never, never> =>
  (): Refusal =>
    refuse("NOT_FOUND");
