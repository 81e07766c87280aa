/** What the exchange offers to whoever settles its orders over the rail. */
import type { Pool } from "pg";
import type { Executor } from "../engine/index.ts";
import { isRefusal } from "../kernel/index.ts";
import type { DetailsCipher } from "./details-cipher.ts";
import { onceFor } from "./once.ts";
import { type OrderToPrepare, ordersToPrepare, type SettleOrder, settleOrder } from "./orders/index.ts";
import type { Settings } from "./settings.ts";

export type Payable = Omit<OrderToPrepare, "sellerId" | "paymentDetails"> & {
  /** Of the seller's details; empty where they name none. */
  readonly phone: string;
};

export type Settling = {
  /** Orders that wait for a link, oldest first. */
  toPrepare(limit: number): Promise<readonly Payable[]>;
  /**
   * @param report what reported it, where something did: each report has its effect once, however often it is handed on
   * @throws Unavailable: it may be handed on again
   */
  settle(input: SettleOrder, report?: string): Promise<void>;
};

const CALLER = "settlement";
type SettlingDeps = {
  readonly executor: Executor;
  readonly pool: Pool;
  readonly details: DetailsCipher;
  readonly settings: Settings;
};

export const createSettling = ({ executor, pool, details, settings }: SettlingDeps): Settling => {
  const command = settleOrder(settings);
  return {
    async toPrepare(limit) {
      const waiting = await ordersToPrepare(pool, limit);
      return waiting.map(({ sellerId, paymentDetails, ...order }) => ({
        ...order,
        phone: details.open(paymentDetails, sellerId).phone ?? "",
      }));
    },
    async settle(input, report) {
      const claims = report === undefined ? [] : [onceFor("settle", report)];
      const { outcome } = await executor.submit(command, input, { caller: CALLER, claims });
      if (isRefusal(outcome)) throw new Error(`order ${input.orderId} is not settled over the rail`);
    },
  };
};
