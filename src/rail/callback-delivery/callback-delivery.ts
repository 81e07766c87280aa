/** The rail's channel of the deliveries: what `callbacks/` queued is signed, sent, and its answer acted upon. */
import type { Pool } from "pg";
import { createDeliveries, type Deliveries } from "../../deliveries/index.ts";
import type { MaintenanceTask } from "../../engine/index.ts";
import { HOUR, SECOND } from "../../kernel/index.ts";
import { CHANNEL } from "../settings.ts";
import { type AddressDeps, createAddress } from "./address.ts";
import { createJudge, type JudgeDeps } from "./handle-response.ts";

export type Sending = { readonly deliveries: Deliveries; readonly chores: readonly MaintenanceTask[] };

export type SendingDeps = AddressDeps &
  JudgeDeps & {
    /** For the queue. */
    readonly chores: Pool;
    /** See `RailSettings`. */
    readonly backOffSeconds: readonly number[] | undefined;
    readonly answerMs: number | undefined;
    readonly onFailure: (what: string, error: unknown) => void;
  };

export const createSending = (deps: SendingDeps): Sending => {
  const { chores, backOffSeconds, answerMs, onFailure } = deps;
  const deliveries = createDeliveries({
    pool: chores,
    channel: CHANNEL,
    address: createAddress(deps),
    judge: createJudge(deps),
    // Unless the address says otherwise, which only one in the sandbox does.
    allowPrivate: false,
    ...(backOffSeconds === undefined ? {} : { backOffSeconds }),
    ...(answerMs === undefined ? {} : { answerMs }),
    onFailure: (error) => onFailure("sending a callback", error),
  });
  return {
    deliveries,
    chores: [
      { name: "send callbacks", everyMs: SECOND / 4, run: deliveries.run },
      { name: "forget old callbacks", everyMs: HOUR, run: deliveries.forget },
    ],
  };
};
