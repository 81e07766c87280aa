/** Request durations as Prometheus metrics, and the listener that serves them. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { onResponseHookHandler } from "fastify";
import { collectDefaultMetrics, Histogram, type Registry } from "prom-client";
import { SECOND } from "../kernel/index.ts";

/** From a cached read to a command's deadline of five seconds. */
const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const NAME = "parley_http_request_seconds";
const LABELS = ["listener", "method", "route", "status"] as const;

/** Two listeners share one registry: whoever comes second finds the metric there. */
const durationsOf = (registry: Registry): Histogram<(typeof LABELS)[number]> => {
  const existing = registry.getSingleMetric(NAME);
  if (existing instanceof Histogram) return existing;
  return new Histogram({
    name: NAME,
    help: "From a request's head to its whole answer",
    labelNames: LABELS,
    buckets: BUCKETS,
    registers: [registry],
  });
};

/** Makes the hook that times one route. Labels are the route's pattern, never the path: ids would be endless. */
export const createTimer = (registry: Registry, listener: string) => {
  if (registry.getSingleMetric("process_cpu_seconds_total") === undefined)
    collectDefaultMetrics({ register: registry });
  const durations = durationsOf(registry);
  return (method: string, route: string): onResponseHookHandler => {
    const byStatus = new Map<number, { observe(seconds: number): void }>();
    return (_request, reply, done) => {
      const status = reply.statusCode;
      const known = byStatus.get(status) ?? durations.labels({ listener, method, route, status });
      byStatus.set(status, known);
      known.observe(reply.elapsedTime / SECOND);
      done();
    };
  };
};

export type Timer = ReturnType<typeof createTimer>;

const METRICS_PATH = "/metrics";
/** Whoever collects them asks once in some seconds, on one connection. */
const MAX_CONNECTIONS = 16;
const TIMEOUT = 10 * SECOND;

export type MetricsServer = { readonly port: number; close(): Promise<void> };

/** A listener of their own: how busy others are is nobody's business but the operator's. */
export const serveMetrics = async (registry: Registry, at: { host: string; port: number }): Promise<MetricsServer> => {
  const answer = async ({ url, method = "" }: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (url !== METRICS_PATH || !["GET", "HEAD"].includes(method)) return void response.writeHead(404).end();
    const text = await registry.metrics();
    response.writeHead(200, { "content-type": registry.contentType }).end(method === "HEAD" ? undefined : text);
  };
  const server = createServer({ requestTimeout: TIMEOUT, headersTimeout: TIMEOUT }, (request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(at.port, at.host);
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : at.port,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
