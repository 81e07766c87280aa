/** Notifies every node that there are new events on the feed. */
import type pg from "pg";

export type Waker = { wake(): void; close(): Promise<void> };

/** Wakes every node by an empty notice; asked while one is sent, it sends one more. Never waited for. */
export const createWaker = (pool: pg.Pool, channel: string, onFailure: (error: unknown) => void): Waker => {
  let waking: Promise<unknown> | undefined;
  let again = false;

  const send = (): Promise<unknown> =>
    pool
      .query(`notify ${channel}`)
      .catch(onFailure)
      .then(() => {
        if (!again) return;
        again = false;
        return send();
      });

  return {
    wake() {
      if (waking !== undefined) {
        again = true;
        return;
      }
      waking = send().finally(() => {
        waking = undefined;
      });
    },
    async close() {
      await waking;
    },
  };
};
