/** Open streams on one node while messages are sent: how long until both sides are told, and what the node holds. */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { makePairs, type Pair } from "./market/people.ts";
import { openSite, SERVER, type Served } from "./market/site.ts";
import { fine, percentile, table, whole } from "./market/table.ts";

const EVENT = /"order_id":(\d+),"seq":(\d+),"kind":"user"/g;
const CONNECT_AT_ONCE = 100;

/** @param told called with order and seq of each frame of a person's message */
const openStream = (address: URL, token: string, told: (key: string) => void): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: address.hostname, port: Number(address.port) });
    let rest = "";
    socket.setEncoding("latin1");
    socket.on("error", reject);
    socket.on("data", (chunk: string) => {
      resolve(socket);
      const text = rest + chunk;
      const end = text.lastIndexOf("\n\n");
      rest = end < 0 ? text : text.slice(end + 2);
      for (const [, order, seq] of text.slice(0, Math.max(end, 0)).matchAll(EVENT)) told(`${order}:${seq}`);
    });
    socket.write(`GET /api/v1/p2p/events HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  });

type Sent = { readonly at: number; readonly answered: number };

const send = async ({ address }: Served, { orderId, buyer }: Pair, sent: Map<string, Sent>) => {
  const at = performance.now();
  const reply = await fetch(`${address}/api/v1/p2p/orders/${orderId}/messages`, {
    method: "POST",
    headers: { authorization: `Bearer ${buyer}`, "content-type": "application/json" },
    body: '{"message":"Hello."}',
  });
  const { seq } = (await reply.json()) as { readonly seq: number };
  if (reply.status !== 201) throw new Error(`a message answered ${reply.status}`);
  sent.set(`${orderId}:${seq}`, { at, answered: performance.now() });
};

export const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      streams: { type: "string", default: "2000" },
      rate: { type: "string", default: "200" },
      seconds: { type: "string", default: "20" },
    },
  });
  const [streams, rate, seconds] = [values.streams, values.rate, values.seconds].map(Number) as [
    number,
    number,
    number,
  ];
  const site = await openSite();
  const sockets: Socket[] = [];
  try {
    const server = await site.serve(SERVER);
    const pairs = await makePairs(site, server, Math.ceil(streams / 2));
    const before = await server.resident();
    const arrived = new Map<string, number[]>();
    const told = (key: string) => {
      const times = arrived.get(key);
      if (times === undefined) arrived.set(key, [performance.now()]);
      else times.push(performance.now());
    };
    const tokens = pairs.flatMap(({ buyer, seller }) => [buyer, seller]).slice(0, streams);
    for (let first = 0; first < tokens.length; first += CONNECT_AT_ONCE) {
      const some = tokens.slice(first, first + CONNECT_AT_ONCE);
      sockets.push(...(await Promise.all(some.map((token) => openStream(new URL(server.address), token, told)))));
    }
    const open = await server.resident();
    const sent = new Map<string, Sent>();
    const sending: Promise<void>[] = [];
    const started = performance.now();
    for (let n = 0; n < rate * seconds; n++) {
      const wait = started + (n * 1_000) / rate - performance.now();
      if (wait > 1) await sleep(wait);
      sending.push(send(server, pairs[n % pairs.length] as Pair, sent));
    }
    await Promise.all(sending);
    const took = (performance.now() - started) / 1_000;
    const complete = () => [...sent.keys()].every((key) => arrived.get(key)?.length === 2);
    for (const until = Date.now() + 5_000; !complete() && Date.now() < until; ) await sleep(20);
    const busy = await server.resident();

    const fromRequest: number[] = [];
    const fromAnswer: number[] = [];
    for (const [key, { at, answered }] of sent) {
      for (const time of arrived.get(key) ?? []) {
        fromRequest.push(time - at);
        fromAnswer.push(time - answered);
      }
    }
    const answers = [...sent.values()].map(({ at, answered }) => answered - at);
    const line = (name: string, times: readonly number[]) => [
      name,
      ...[0.5, 0.99, 1].map((share) => fine(percentile(times, share))),
    ];
    console.log(
      `\n${whole(sockets.length)} streams, ${whole(sent.size)} messages in ${fine(took)} s, each told to both sides\n`,
    );
    console.log(
      table([
        ["ms", "p50", "p99", "max"],
        line("from request to answer", answers),
        line("from request to frame", fromRequest),
        line("from answer to frame", fromAnswer),
      ]),
    );
    const wanted = sent.size * 2;
    console.log(
      `\nframes: ${whole(fromRequest.length)} of ${whole(wanted)}; streams still open: ${sockets.filter((socket) => !socket.destroyed).length}`,
    );
    console.log(
      `node's memory: ${whole(before)} MiB before, ${whole(open)} MiB with the streams, ${whole(busy)} MiB at the end`,
    );
    if (fromRequest.length !== wanted) throw new Error("frames are missing, or came twice");
    for (const socket of sockets) socket.destroy();
    await server.stop();
  } finally {
    for (const socket of sockets) socket.destroy();
    await site.close();
  }
};

if (import.meta.main) await run(process.argv.slice(2));
