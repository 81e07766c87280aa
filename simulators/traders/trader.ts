/**
 * One simulated trader: follows its own events and does what is due, as any program of a trader's could. It remembers nothing:
 * each act bears a key that follows from its order, so that after a restart nothing is done twice, and what was missed is
 * looked up when the stream is live again.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Client, unwrap } from "@parley/client";
import { type Act, actsOf, type Order } from "./acts.ts";

/** After a failure, before it is looked again. */
const AGAIN_MS = 5_000;
/** Orders that ended while nobody was here: more of them than this wait for no rating any more. */
const ENDED_LOOKED_AT = 50;
const STARS = 5;

const GREETINGS: Readonly<Record<Order["role"], string>> = {
  seller: "Hello, I am here. Pay to the details of the order and say so: I look at my account at once.",
  buyer: "Hello, I am here. I pay to your details now.",
};
const RAIL_GREETING = "Hello, I am here. Pay from your bank's app: the banks tell us both when it has come.";

const greetingOf = ({ role, settlement }: Order): string => (settlement === null ? GREETINGS[role] : RAIL_GREETING);

export type TraderOptions = {
  readonly name: string;
  readonly client: Client;
  readonly pace: Readonly<Record<Act, number>>;
  readonly say: (line: string) => void;
  /** Given once, at the end. */
  readonly signal: AbortSignal;
};

/** What is under way, by name. A fault in one is told, and is nobody else's. */
const createWork = ({ name, say, signal }: Pick<TraderOptions, "name" | "say" | "signal">) => {
  const underWay = new Map<string, Promise<void>>();
  return {
    /** Begins what has this name, unless it is under way already. Resolves at its end, whatever that is. */
    run(what: string, work: () => Promise<void>): Promise<void> {
      const known = underWay.get(what);
      if (signal.aborted || known !== undefined) return known ?? Promise.resolve();
      const done = work()
        .catch((error: unknown) => {
          if (!signal.aborted) say(`${name}: ${what}: ${error instanceof Error ? error.message : String(error)}`);
        })
        .finally(() => underWay.delete(what));
      underWay.set(what, done);
      return done;
    },
    ended: () => Promise.all(underWay.values()),
  };
};

/** Resolves after the signal, when nothing is under way any more. */
export const runTrader = async ({ name, client, pace, say, signal }: TraderOptions): Promise<void> => {
  const { run, ended } = createWork({ name, say, signal });

  const attend = (order: Order): void => {
    for (const act of actsOf(order)) void run(`${act} of order ${order.id}`, () => perform(act, order));
  };

  const perform = async (act: Act, order: Order): Promise<void> => {
    await sleep(pace[act], undefined, { signal });
    const result = await callFor(client, act, order, signal);
    if (result.ok) {
      if (!result.replayed) say(`${name}: ${DONE[act]} order ${order.id}`);
    } else if (isPassing(result.status)) {
      void run(`another look at order ${order.id}`, () => lookAgain(order.id));
    }
    // Any other refusal: the order has moved on without us.
  };

  const lookAgain = async (id: number): Promise<void> => {
    await sleep(AGAIN_MS, undefined, { signal });
    const result = await client.get("/p2p/orders/{id}", { path: { id }, signal });
    if (result.ok) attend(result.data);
    else if (isPassing(result.status)) await lookAgain(id);
  };

  const lookAtAll = async (): Promise<void> => {
    const open = client.items("/p2p/orders", { query: { status: ["pending", "paid_by_buyer"] }, signal });
    for await (const order of open) attend(order);
    const completed = { status: ["completed" as const], limit: ENDED_LOOKED_AT };
    for (const order of unwrap(await client.get("/p2p/orders", { query: completed, signal })).items) attend(order);
  };

  /** Until it has worked: nothing else tells of what happened before the stream began. */
  const catchUp = async (): Promise<void> => {
    for (;;) {
      const fault = await lookAtAll().then(
        () => null,
        (error: unknown) => error,
      );
      if (fault === null) return;
      await sleep(AGAIN_MS, undefined, { signal });
    }
  };

  const follow = async (): Promise<void> => {
    const onState = (state: string): void => {
      if (state === "live") void run("what happened meanwhile", catchUp);
    };
    for await (const event of client.events({ signal, onState })) {
      if (event.type === "order.updated") attend(event.data.order);
      if (event.type === "reset") void run("what happened meanwhile", catchUp);
    }
  };

  while (!signal.aborted) {
    await run("its events", follow);
    await sleep(AGAIN_MS, undefined, { signal }).catch(() => {});
  }
  await ended();
};

const DONE: Readonly<Record<Act, string>> = { greet: "greets in", pay: "pays", release: "releases", rate: "rates" };

/** Nobody answered, or not now: the server is busy, or stops. */
const isPassing = (status: number | null): boolean => status === null || status === 429 || status >= 500;

const callFor = (client: Client, act: Act, order: Order, signal: AbortSignal) => {
  const { id } = order;
  const input = { path: { id }, key: `simulated-${act}-${id}`, signal } as const;
  switch (act) {
    case "greet":
      return client.post("/p2p/orders/{id}/messages", {
        ...input,
        body: { message: greetingOf(order) },
      });
    case "pay":
      return client.post("/p2p/orders/{id}/confirm-paid", { ...input, body: { expected_status: "pending" } });
    case "release":
      return client.post("/p2p/orders/{id}/confirm-received", { ...input, body: { expected_status: "paid_by_buyer" } });
    case "rate":
      return client.post("/p2p/orders/{id}/rate", { ...input, body: { rating: STARS } });
  }
};
