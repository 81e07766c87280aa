/** Turns what the engine reports about itself into Prometheus metrics. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Observer } from "./engine/index.ts";

const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256];

export type EngineObserver = Observer & { locked(milliseconds: number): void };

/** Makes one for each engine; the label is `exchange` or `rail`. */
export const createEngineObservers = (registry: Registry): ((engine: string) => EngineObserver) => {
  const shared = { registers: [registry], labelNames: ["engine"] as const };
  const size = new Histogram({ ...shared, name: "parley_batch_commands", help: "Commands in a batch", buckets: SIZES });
  const duration = new Histogram({
    ...shared,
    name: "parley_batch_seconds",
    help: "From first lock to commit",
    buckets: SECONDS,
  });
  const waiting = new Histogram({
    ...shared,
    name: "parley_queue_age_seconds",
    help: "Wait for a batch",
    buckets: SECONDS,
  });
  const locking = new Histogram({
    ...shared,
    name: "parley_lock_seconds",
    help: "Locks and reads of a batch",
    buckets: SECONDS,
  });
  const fallBacks = new Counter({ ...shared, name: "parley_fall_backs_total", help: "Batches that ran one by one" });
  const depth = new Gauge({ ...shared, name: "parley_open_commands", help: "Commands waiting or under way" });
  return (engine) => {
    const labels = { engine };
    fallBacks.inc(labels, 0);
    return {
      batch(commands, milliseconds) {
        size.observe(labels, commands);
        duration.observe(labels, milliseconds / 1_000);
      },
      waited: (milliseconds) => waiting.observe(labels, milliseconds / 1_000),
      locked: (milliseconds) => locking.observe(labels, milliseconds / 1_000),
      fellBack: () => fallBacks.inc(labels),
      depth: (commands) => depth.set(labels, commands),
    };
  };
};
