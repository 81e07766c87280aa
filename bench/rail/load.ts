/** The load generator, a process of its own: so many clients, each sending one of the given requests after the other. */
import { serveParent, usageNow } from "../child.ts";
import { openConnection } from "../trade/connection.ts";

/** Whole requests, made before: signing costs more than anything that is measured. */
export type RailLeg = {
  readonly host: string;
  readonly port: number;
  readonly clients: number;
  readonly requests: readonly string[];
  readonly wanted: number;
};
export type RailMeasured = {
  readonly perSecond: number;
  /** Milliseconds of each request. */
  readonly took: readonly number[];
  readonly generatorCpu: number;
  /** The last answer's body. */
  readonly last: string;
};

const runLeg = async ({ host, port, clients, requests, wanted }: RailLeg): Promise<RailMeasured> => {
  const connections = await Promise.all(Array.from({ length: clients }, () => openConnection(host, port)));
  const took: number[] = [];
  let next = 0;
  let last = "";
  const started = performance.now();
  const before = usageNow().cpuMs;
  await Promise.all(
    connections.map(async (connection) => {
      for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
        const sent = performance.now();
        const { status, body } = await connection.send(request);
        if (status !== wanted) throw new Error(`answered ${status}: ${body}`);
        took.push(performance.now() - sent);
        last = body;
      }
    }),
  );
  const elapsed = performance.now() - started;
  for (const connection of connections) connection.close();
  return {
    perSecond: (requests.length / elapsed) * 1_000,
    took,
    generatorCpu: (usageNow().cpuMs - before) / elapsed,
    last,
  };
};

await serveParent<RailLeg, RailMeasured>({ greeting: null, answer: runLeg, stop: async () => {} });
