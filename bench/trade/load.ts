/** The load generator, a process of its own: as many clients as asked, each doing one trade after the other. */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { serveParent, usageNow } from "../child.ts";
import { type Connection, insist, openConnection } from "./connection.ts";
import type { Leg, Measured, StepName } from "./leg.ts";
import { type Maker, METHOD, TRADE_AMOUNT } from "./market.ts";

/** Never the same: eighteen digits, as pgbench makes them. */
const RUN = String(randomInt(100_000_000, 1_000_000_000));
let keys = 0;
const freshKey = () => `${RUN}${String(++keys).padStart(9, "0")}`;

type Recording = {
  readonly trades: number[];
  readonly steps: Record<StepName, number[]>;
  readonly perSecond: number[];
  allTrades: number;
  retries: number;
  from: number;
  until: number;
};

const record = (into: number[], recording: Recording, started: number): number => {
  const now = performance.now();
  if (now >= recording.from && now < recording.until) into.push(now - started);
  return now;
};

type Client = { readonly connection: Connection; readonly taker: string; readonly index: number };

const trade = async ({ connection, taker }: Client, maker: Maker, recording: Recording) => {
  const send = async (name: StepName, path: string, token: string, body: string, wanted: number) => {
    const started = performance.now();
    const key = freshKey();
    const answer = await insist(
      () => connection.post(path, token, key, body),
      () => recording.retries++,
    );
    record(recording.steps[name], recording, started);
    if (answer.status !== wanted) throw new Error(`${name} answered ${answer.status}: ${answer.body}`);
    return answer.body;
  };
  const order = `{"ad_id":${maker.adId},"usdt_amount":${TRADE_AMOUNT},"payment_method":"${METHOD}"}`;
  const created = await send("create", "/api/v1/p2p/orders", taker, order, 201);
  const id = /^\{"id":(\d+),/.exec(created)?.[1];
  await send("confirm-paid", `/api/v1/p2p/orders/${id}/confirm-paid`, taker, "{}", 200);
  const done = await send("confirm-received", `/api/v1/p2p/orders/${id}/confirm-received`, maker.token, "{}", 200);
  if (!done.includes('"status":"completed","outcome":"released"'))
    throw new Error(`order ${id} is not completed: ${done}`);
};

const runClient = async (client: Client, { market, hot }: Leg, recording: Recording): Promise<void> => {
  for (let n = 0; performance.now() < recording.until; n += 1) {
    const maker = market.makers[hot ? 0 : (client.index + n) % market.makers.length];
    if (maker === undefined) throw new Error("the market has no makers");
    const started = performance.now();
    await trade(client, maker, recording);
    recording.allTrades += 1;
    const now = record(recording.trades, recording, started);
    if (now < recording.from || now >= recording.until) continue;
    const second = Math.floor((now - recording.from) / 1_000);
    recording.perSecond[second] = (recording.perSecond[second] ?? 0) + 1;
  }
};

const runLeg = async (leg: Leg): Promise<Measured> => {
  const { host, port, market, clients } = leg;
  const connections = await Promise.all(Array.from({ length: clients }, () => openConnection(host, port)));
  const from = performance.now() + leg.warmupMs;
  const recording: Recording = {
    trades: [],
    steps: { create: [], "confirm-paid": [], "confirm-received": [] },
    perSecond: Array.from({ length: Math.floor(leg.measureMs / 1_000) }, () => 0),
    allTrades: 0,
    retries: 0,
    from,
    until: from + leg.measureMs,
  };
  const begun = usageNow().cpuMs;
  const cpu = sleep(leg.warmupMs).then(usageNow);
  await Promise.all(
    connections.map((connection, index) => {
      const taker = market.takers[index];
      if (taker === undefined) throw new Error("more clients than takers");
      return runClient({ connection, taker, index }, leg, recording);
    }),
  );
  const used = usageNow().cpuMs;
  const generatorCpu = (used - (await cpu).cpuMs) / (performance.now() - from);
  for (const connection of connections) connection.close();
  const { trades, steps, perSecond, allTrades, retries } = recording;
  return {
    trades,
    steps,
    perSecond,
    allTrades,
    retries,
    seconds: leg.measureMs / 1_000,
    generatorCpu,
    generatorMs: used - begun,
  };
};

await serveParent<Leg, Measured>({ greeting: null, answer: runLeg, stop: async () => {} });
