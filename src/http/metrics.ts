/** Request durations as Prometheus metrics, and the endpoint that serves them. */
import type { FastifyInstance, onResponseHookHandler } from "fastify";
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

export const registerMetrics = (server: FastifyInstance, registry: Registry): void => {
  server.get("/metrics", { config: { access: "open" }, schema: { hide: true } }, async (_request, reply) =>
    reply.header("content-type", registry.contentType).send(await registry.metrics()),
  );
};
