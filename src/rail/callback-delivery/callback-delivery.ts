/** The rail's channel of `deliveries`: signs and sends the callbacks of the outbox, and acts on the responses. */
import type { Pool } from "pg";
import { createDeliveries, type Deliveries } from "../../deliveries/index.ts";
import type { MaintenanceTask } from "../../engine/index.ts";
import { HOUR, SECOND } from "../../kernel/index.ts";
import { CHANNEL } from "../settings.ts";
import { type AddressDeps, createAddress } from "./address.ts";
import { createHandleResponse, type HandleResponseDeps } from "./handle-response.ts";

export type CallbackDelivery = { readonly deliveries: Deliveries; readonly chores: readonly MaintenanceTask[] };

export type CallbackDeliveryDeps = AddressDeps &
  HandleResponseDeps & {
    /** For the queue. */
    readonly chores: Pool;
    readonly userAgent: () => string;
    readonly onFailure: (what: string, error: unknown) => void;
  };

export const createCallbackDelivery = (deps: CallbackDeliveryDeps): CallbackDelivery => {
  const { chores, settings, userAgent, onFailure } = deps;
  const { callbackBackOffSeconds: backOffSeconds, callbackAnswerMs: answerMs } = settings;
  const deliveries = createDeliveries({
    pool: chores,
    channel: CHANNEL,
    address: createAddress(deps),
    handleResponse: createHandleResponse(deps),
    // The address overrides it, in the sandbox alone.
    allowPrivate: false,
    userAgent,
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
