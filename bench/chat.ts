/** Messages per second: our server, and a usual handler with a transaction per message, on one database in rounds. */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { makePairs, type Pair } from "./market/people.ts";
import { openSite, SERVER, type Served } from "./market/site.ts";
import { fine, table, whole } from "./market/table.ts";

const REFERENCE = new URL("./chat/reference.ts", import.meta.url);

type Figure = { readonly rate: number; readonly p50: number; readonly p99: number };

/** Goes on from round to round, since a chat holds a bounded number of lines. */
let next = 0;

/** Each client writes in a chat of its own, the two sides by turns. */
const shoot = async (
  { address }: Served,
  pairs: readonly Pair[],
  connections: number,
  duration: number,
): Promise<Figure> => {
  const { requests, latency, non2xx, errors } = await autocannon({
    url: address,
    connections,
    duration,
    setupClient(client) {
      const { orderId, buyer, seller } = pairs[next++ % pairs.length] as Pair;
      client.setRequests(
        [buyer, seller].map((token) => ({
          method: "POST" as const,
          path: `/api/v1/p2p/orders/${orderId}/messages`,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: JSON.stringify({ message: "I have sent the payment; please look at your account." }),
        })),
      );
    },
  });
  if (non2xx > 0 || errors > 0) throw new Error(`${non2xx} answers were not 2xx, ${errors} failed`);
  // What was cut off at the end is still being done, and the other server is next on the same orders.
  await sleep(1_000);
  return { rate: requests.average, p50: latency.p50, p99: latency.p99 };
};

export const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clients: { type: "string", default: "32,256" },
      seconds: { type: "string", default: "4" },
      rounds: { type: "string", default: "2" },
    },
  });
  const clients = values.clients.split(",").map(Number);
  const seconds = Number(values.seconds);
  const site = await openSite();
  try {
    const ours = await site.serve(SERVER);
    const pairs = await makePairs(site, ours, Math.max(...clients));
    const reference = await site.serve(REFERENCE);
    const servers = [ours, reference];
    for (const server of servers) await shoot(server, pairs, 32, 2);
    const rows: string[][] = [];
    for (const count of clients) {
      const figures: Figure[][] = servers.map(() => []);
      for (let round = 0; round < Number(values.rounds); round++) {
        for (const [index, server] of servers.entries())
          figures[index]?.push(await shoot(server, pairs, count, seconds));
      }
      const [us, them] = figures.map(mean) as [Figure, Figure];
      const cells = [us, them].flatMap(({ rate, p50, p99 }) => [whole(rate), `${fine(p50)} / ${fine(p99)}`]);
      rows.push([String(count), ...cells, `${(us.rate / them.rate).toFixed(2)} ×`]);
    }
    console.log("\nMessages per second over HTTP, each client in a chat of its own, fsync on:\n");
    const heads = ["clients", "ours", "p50 / p99 ms", "transaction each", "p50 / p99 ms", "ours ÷ theirs"];
    console.log(table([heads, ...rows]));
    for (const server of servers) await server.stop();
  } finally {
    await site.close();
  }
};

const mean = (figures: readonly Figure[]): Figure => {
  const of = (pick: (figure: Figure) => number) =>
    figures.reduce((sum, figure) => sum + pick(figure), 0) / figures.length;
  return { rate: of(({ rate }) => rate), p50: of(({ p50 }) => p50), p99: of(({ p99 }) => p99) };
};

if (import.meta.main) await run(process.argv.slice(2));
