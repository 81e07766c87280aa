/** The contract between deliveries and those who send through them: what they provide, and what they are told. */
import type { Pool, PoolClient } from "pg";
import type { Answered, PostOptions } from "./post.ts";
import type { Delivery, Queued } from "./take.ts";

/** `skip`: nobody wants it, and that is all right. */
export type Addressed =
  | {
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      /** What is sent instead of the body that was kept, such as the same signed at this moment. */
      readonly body?: string;
      readonly allowPrivate?: boolean;
      /** Instead of the channel's own: so much of the answer is read. */
      readonly answerBytes?: number;
    }
  | { readonly skip: string }
  /** Not now, and that is nobody's failure: it waits, and no attempt is counted. */
  | { readonly waits: string }
  /** Not to be had now: it is parked with the reason, to be sent again. */
  | { readonly unreachable: string };

/** `again`: not yet. `done`: nothing more is to be sent. */
export type Verdict = "done" | "again";

export type Dead = {
  readonly id: number;
  readonly endpoint: string;
  readonly eventId: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: number;
  readonly body: string;
};

/** How far a delivery has come. */
export type Found = {
  readonly state: "waiting" | "delivered" | "dead";
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: number;
  readonly settledAt: number | null;
};

export type Deliveries = {
  /** Inside the caller's transaction. What is queued already stays as it is. */
  enqueue(client: PoolClient, items: readonly Queued[]): Promise<void>;
  /** Sends what is due; does not wait for the answers. What was delivered makes room for the next at once. */
  run(): Promise<void>;
  /** @param endpoint of one only */
  dead(
    limit: number,
    offset: number,
    only?: { readonly endpoint?: string; readonly before?: number },
  ): Promise<readonly Dead[]>;
  /** Null: there is none, or it was thrown away. */
  find(endpoint: string, eventId: string): Promise<Found | null>;
  /** Throws away what was settled long ago. */
  forget(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
};

export type DeliveriesOptions = PostOptions & {
  readonly pool: Pool;
  readonly channel: string;
  /** Where to and under which headers; signed at each attempt. */
  readonly address: (delivery: Delivery) => Promise<Addressed>;
  /** What an answer means, with what follows from it; before the delivery is settled, so that a crash asks again. */
  readonly handleResponse?: (delivery: Delivery, answered: Answered) => Promise<Verdict>;
  /** After each attempt; the last goes on. */
  readonly backOffSeconds?: readonly number[];
  readonly onFailure: (error: unknown) => void;
};
