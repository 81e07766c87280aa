/** Takes what is due and has it sent, so much at a time; knows what is under way. */
import type { Send, Sent } from "./send.ts";
import type { Delivery, Take } from "./take.ts";
import type { Deliveries } from "./types.ts";

export const createDispatch = (
  take: Take,
  send: Send,
  onFailure: (error: unknown) => void,
): Pick<Deliveries, "run" | "stop"> => {
  /** The endpoint of each. */
  const underWay = new Map<Promise<void>, string>();
  /** Endpoints whose last attempt was slow: together they hold a part of the places and no more. */
  const slow = new Set<string>();
  let looking: Promise<void> | undefined;
  let askedMeanwhile = false;
  let stopping = false;

  /** One look at a time, so that each knows what the one before it has taken; who asks meanwhile gets another. */
  const run = (): Promise<void> => {
    if (looking !== undefined) {
      askedMeanwhile = true;
      return looking;
    }
    askedMeanwhile = false;
    looking = take([...underWay.values()], slow)
      .then((taken) => taken.forEach(begin))
      .finally(() => {
        looking = undefined;
        if (askedMeanwhile) lookAgain();
      });
    return looking;
  };

  /** A place that became free has its next delivery at once: an endpoint that answers fast is sent to as fast. */
  const lookAgain = (): void => {
    // A failure here repeats in the next run, which reports it.
    if (!stopping) run().catch(() => {});
  };

  const begin = (delivery: Delivery) => {
    const { endpoint } = delivery;
    const sending: Promise<void> = send(delivery)
      .catch((error: unknown): Sent => {
        onFailure(error);
        return { delivered: false, slow: null };
      })
      .then(({ delivered, slow: wasSlow }) => {
        underWay.delete(sending);
        if (wasSlow !== null) void (wasSlow ? slow.add(endpoint) : slow.delete(endpoint));
        // What failed waits for the next look: a dead end is not to be tried as fast as it can say no.
        if (delivered) lookAgain();
      });
    underWay.set(sending, endpoint);
  };

  return {
    run,
    async stop() {
      stopping = true;
      await looking?.catch(() => {});
      await Promise.all(underWay.keys());
    },
  };
};
