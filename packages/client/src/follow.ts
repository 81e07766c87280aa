/**
 * One order as it is and becomes: what happened before anybody listened is not missed, and nobody has to ask again and again.
 */
import type { Client } from "./client.ts";
import { unwrap } from "./failures.ts";
import type { StreamOptions } from "./stream.ts";
import type { Schemas } from "./types.ts";

type Order = Schemas["Order"];

/**
 * The order as it is now, then after each change, of which the first may be in what it is already; it goes on until the
 * caller stops, or gives the signal.
 * @throws ParleyError when the server refuses the order or the stream
 */
export async function* followOrder(
  client: Client,
  id: number,
  { signal, onState = () => {} }: Omit<StreamOptions, "after"> = {},
): AsyncGenerator<Order, void, void> {
  const ending = new AbortController();
  const end = () => ending.abort();
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  let isLive = () => {};
  const live = new Promise<void>((resolve) => {
    isLive = resolve;
  });
  const events = client.events({
    signal: ending.signal,
    onState(state) {
      if (state === "live") isLive();
      onState(state);
    },
  });
  const now = async () => unwrap(await client.get("/p2p/orders/{id}", { path: { id }, signal: ending.signal }));
  let next = events.next();
  try {
    // From here on the stream tells of every change, so that what is read now is the beginning.
    await Promise.race([live, next]);
    if (ending.signal.aborted) return;
    yield await now();
    for (let told = await next; !told.done; told = await next) {
      next = events.next();
      const { value: event } = told;
      if (event.type === "order.updated" && event.data.order_id === id) yield event.data.order;
      if (event.type === "reset") yield await now();
    }
  } finally {
    signal?.removeEventListener("abort", end);
    end();
    // Whoever stops meanwhile is told nothing of how it ends; and what came last leaves nothing of the stream behind.
    await next.catch(() => {});
    await events.return();
  }
}
