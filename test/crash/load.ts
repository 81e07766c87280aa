/**
 * People who trade without pause, whatever happens to the server: a step whose answer is lost is repeated with the
 * same key until it is answered. Everything is written down, so that it can be held against the server afterwards.
 */
import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { LIMITS } from "../../src/exchange/settings.ts";
import type { Ask, Client, Reply } from "./client.ts";

const PAIRS = 16;
const AMOUNT = 1_000;
const GIFT = 7;
/** Of one seller: with one more the ad would be hidden for what its maker dropped. */
const CANCELS = LIMITS.strikes - 1;
const BETWEEN_CANCELS = 5;
const READ_AGAIN_MS = 20;
/** Far above what any restart takes: a server that never comes back is a failure and no hang. */
const PROGRESS_LIMIT_MS = 180_000;

/** @property mayHaveHappened after a loss that does not promise that nothing was done */
export type Step = {
  readonly ask: Ask;
  readonly user: string;
  reply: Reply | undefined;
  losses: number;
  mayHaveHappened: boolean;
};

export type Trade = {
  readonly buyer: string;
  readonly seller: string;
  /** In the order in which they were made; only the last may lack its answer. */
  readonly steps: Step[];
};

export type Gift = { readonly user: string; readonly externalId: string; readonly step: Step };

export type Load = {
  readonly trades: readonly Trade[];
  readonly gifts: readonly Gift[];
  readonly lost: number;
  /** What should never have been answered. */
  readonly faults: readonly string[];
  /** Answered reads by status. */
  readonly reads: ReadonlyMap<number, number>;
  /** Resolves after so many more answers to writes. */
  progress(answers: number): Promise<void>;
  /** Lets everybody finish the trade that is under way. */
  stop(): Promise<void>;
  /** Ends it all, answered or not: a test that failed leaves nobody waiting. */
  abandon(): void;
  token(user: string): string;
};

const CODES_OF_503 = ["OVERLOADED", "BUSY", "OUTCOME_UNKNOWN"];

const codeOf = (text: string): string => {
  const { code } = JSON.parse(text) as { code?: string };
  return code ?? "";
};

/** @param sign makes a token, for the host platform with its role */
export const startLoad = async (
  client: Client,
  sign: (user: string, roles: readonly string[]) => Promise<string>,
): Promise<Load> => {
  const people = Array.from({ length: PAIRS }, (_, index) => ({ buyer: `buyer-${index}`, seller: `seller-${index}` }));
  const tokens = new Map<string, string>([["host", await sign("host", ["platform"])]]);
  for (const { buyer, seller } of people) {
    for (const user of [buyer, seller]) tokens.set(user, await sign(user, []));
  }
  const token = (user: string): string => tokens.get(user) ?? "";
  const answered = new EventEmitter().setMaxListeners(0);
  const trades: Trade[] = [];
  const gifts: Gift[] = [];
  const faults: string[] = [];
  const reads = new Map<number, number>();
  let answers = 0;
  let keys = 0;
  let lost = 0;
  let stopping = false;
  let abandoned = false;

  const ready = async (): Promise<void> => {
    for (;;) {
      if (abandoned) throw new Error("the load was abandoned");
      const reply = await client.fly({ method: "GET", path: "/health/ready" }).reply.catch(() => undefined);
      if (reply?.status === 200) return;
      await sleep(READ_AGAIN_MS);
    }
  };

  /** One attempt. @returns whether it was answered for good */
  const attempt = async (step: Step): Promise<boolean> => {
    const reply = await client.fly(step.ask).reply.catch(() => undefined);
    if (reply !== undefined && reply.status !== 503) {
      if (reply.status >= 300) faults.push(`${step.ask.path}: ${reply.status} ${reply.text}`);
      if (reply.replayed && !step.mayHaveHappened) faults.push(`${step.ask.path}: it was said that nothing was done`);
      step.reply = reply;
      return true;
    }
    if (reply !== undefined && !CODES_OF_503.includes(codeOf(reply.text))) faults.push(reply.text);
    if (reply === undefined || codeOf(reply.text) === "OUTCOME_UNKNOWN") step.mayHaveHappened = true;
    step.losses++;
    lost++;
    return false;
  };

  const perform = async (step: Step): Promise<Reply> => {
    while (!(await attempt(step))) await ready();
    answers++;
    answered.emit("answer");
    return step.reply as Reply;
  };

  const write = (user: string, path: string, body: object = {}): Step => ({
    user,
    ask: { method: "POST", path: `/api/v1${path}`, token: token(user), body, key: `key-${++keys}` },
    reply: undefined,
    losses: 0,
    mayHaveHappened: false,
  });

  const give = async (user: string, amount: number): Promise<void> => {
    const externalId = `gift-${keys}`;
    const step = write("host", "/platform/credits", {
      user_id: user,
      amount,
      kind: "deposit",
      external_id: externalId,
    });
    gifts.push({ user, externalId, step });
    await perform(step);
  };

  /** Released at once, released out of a dispute, or given back by the seller. */
  const actions = (trade: Trade, count: number): readonly (readonly [user: string, action: string])[] => {
    const { buyer, seller } = trade;
    const place = count % BETWEEN_CANCELS;
    if (place === 0 && count < CANCELS * BETWEEN_CANCELS) return [[seller, "cancel"]];
    const dispute = place === 1 ? [[buyer, "call-operator"] as const] : [];
    return [[buyer, "confirm-paid"], ...dispute, [seller, "confirm-received"]];
  };

  const trade = async (buyer: string, seller: string, ad: number, count: number): Promise<void> => {
    const create = write(buyer, "/p2p/orders", { ad_id: ad, usdt_amount: AMOUNT, payment_method: "card" });
    const current: Trade = { buyer, seller, steps: [create] };
    trades.push(current);
    const { status, text } = await perform(create);
    if (status !== 201) return;
    const { id } = JSON.parse(text) as { id: number };
    for (const [user, action] of actions(current, count)) {
      const step = write(user, `/p2p/orders/${id}/${action}`);
      current.steps.push(step);
      await perform(step);
    }
  };

  const open = async (seller: string): Promise<number> => {
    await give(seller, 1_000_000_000);
    const terms = {
      type: "sell",
      fiat_currency: "RUB",
      min_amount: AMOUNT,
      max_amount: AMOUNT,
      total_amount: 10 ** 12,
    };
    const how = { payment_methods: ["card"], payment_details: { card: "2200 0000 0000 1234" } };
    const { text } = await perform(write(seller, "/p2p/ads", { ...terms, ...how }));
    return (JSON.parse(text) as { id: number }).id;
  };

  const tradeOn = async ({ buyer, seller }: (typeof people)[number]): Promise<void> => {
    const ad = await open(seller);
    for (let count = 0; !stopping; count++) {
      await trade(buyer, seller, ad, count);
      if (count % 3 === 0) await give(buyer, GIFT);
    }
  };

  const readOn = async (path: string, user?: string): Promise<void> => {
    while (!stopping) {
      const ask: Ask = { method: "GET", path: `/api/v1${path}`, token: user === undefined ? undefined : token(user) };
      const reply = await client.fly(ask).reply.catch(() => undefined);
      if (reply !== undefined) reads.set(reply.status, (reads.get(reply.status) ?? 0) + 1);
      await sleep(READ_AGAIN_MS);
    }
  };

  const market = readOn("/p2p/ads?type=sell");
  const running = Promise.all([...people.map(tradeOn), market, readOn("/p2p/orders", "buyer-0")]);
  // Heard of by whoever stops it.
  running.catch(() => {});
  return {
    trades,
    gifts,
    faults,
    reads,
    token,
    get lost() {
      return lost;
    },
    async progress(more) {
      const goal = answers + more;
      const signal = AbortSignal.timeout(PROGRESS_LIMIT_MS);
      while (answers < goal) await once(answered, "answer", { signal });
    },
    async stop() {
      stopping = true;
      await running;
    },
    abandon() {
      stopping = true;
      abandoned = true;
    },
  };
};

/** What the buyer must have in the end. */
export const wealthOf = (load: Load, buyer: string): number => {
  const bought = load.trades.filter(({ buyer: own, steps }) => own === buyer && isReleased(steps.at(-1))).length;
  return bought * AMOUNT + load.gifts.filter(({ user }) => user === buyer).length * GIFT;
};

const isReleased = (step: Step | undefined): boolean => step?.ask.path.endsWith("/confirm-received") ?? false;
