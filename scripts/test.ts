/**
 * `npm test`: lint, types, boundaries, generated documents, and every test. The last line counts the tests, as node does;
 * a check that failed is one more that failed. `--fast` runs the tests alone, and leaves the long ones out.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { withCluster } from "../test/support/cluster.ts";
import { runChecks } from "./checks.ts";
import { ensureChromium } from "./chromium.ts";

/** Test files at once: as many as the smallest machine has cores. */
const CONCURRENCY = 2;
/** For one file, on a machine that is busy with other things; a hang is a failure. */
const FILE_LIMIT_MS = 20 * 60_000;

/**
 * What takes long, by nature: real crashes and processes, storms, simulations, whole tables of cases, and what waits for a
 * clock. Each subject keeps some of its files out of it.
 */
const LONG = [
  "test/attacks/",
  "test/browser/",
  "test/crash/",
  "test/demo/traders",
  "test/simulation/",
  "test/scripts/",
  "test/database/embedded",
  "test/engine/postgres-",
  "test/engine/stopped-node",
  "test/live/nodes",
  "test/live/streams",
  "test/live/webhooks",
  "test/exchange/access",
  "test/exchange/audit",
  "test/exchange/chat",
  "test/exchange/cursors",
  "test/exchange/deadlines",
  "test/exchange/disputes",
  "test/exchange/dossier",
  "test/exchange/errors",
  "test/exchange/failures",
  "test/exchange/first-trade",
  "test/exchange/hostile",
  "test/exchange/idempotency",
  "test/exchange/market-",
  "test/exchange/races",
  "test/exchange/ratings",
  "test/exchange/uploads",
  "test/exchange/withdrawal-rules",
  "test/rail/bank",
  "test/rail/budgets",
  "test/rail/by-hand",
  "test/rail/callbacks",
  "test/rail/cli",
  "test/rail/demo",
  "test/rail/idempotency",
  "test/rail/kill",
  "test/rail/logs",
  "test/rail/orders",
  "test/rail/page",
  "test/rail/participants",
  "test/rail/pay-requests",
  "test/rail/search",
  "test/rail/signatures",
  "test/sdk/client",
  "test/sdk/stream",
] as const;

/** What browser tests open is built from the sources of now, once for all of them. */
const prepareBrowserTests = (): void => {
  ensureChromium();
  const { status } = spawnSync(process.execPath, ["scripts/web.ts"], { stdio: "inherit" });
  if (status !== 0) throw new Error("The web app could not be built; why is above");
};

const LONGEST_SHOWN = 15;

/** Where the time went, for whoever finds the whole run too long. */
const printLongest = (durations: readonly { readonly file: string; readonly ms: number }[]): void => {
  const longest = [...durations].sort((a, b) => b.ms - a.ms).slice(0, LONGEST_SHOWN);
  console.log("the longest files, in seconds:");
  for (const { file, ms } of longest) console.log(`${String(Math.round(ms / 1000)).padStart(5)}  ${file}`);
};

const runTests = (files: readonly string[]): Promise<{ passed: number; failed: number }> =>
  new Promise((resolve, reject) => {
    const counts = { passed: 0, failed: 0 };
    const durations: { readonly file: string; readonly ms: number }[] = [];
    const stream = run({ files: [...files], concurrency: CONCURRENCY, timeout: FILE_LIMIT_MS });
    stream.on("test:summary", ({ file, counts: all, duration_ms }) => {
      if (file === undefined) Object.assign(counts, { passed: all.passed, failed: all.tests - all.passed });
      else durations.push({ file: relative(process.cwd(), file), ms: duration_ms });
    });
    stream.on("error", reject);
    stream.on("end", () => {
      printLongest(durations);
      resolve(counts);
    });
    stream.compose(spec).pipe(process.stdout, { end: false });
  });

/** Each test file is a process that loads much of the product: compiled once, it costs half a second less of each. */
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), "parley-compile-cache");

const args = process.argv.slice(2);
const fast = args.includes("--fast");
const named = args.filter((arg) => arg !== "--fast");
const everything = globSync("test/**/*.test.ts").sort();
const files = named.length > 0 ? named : everything;
const chosen = fast ? files.filter((file) => !LONG.some((long) => file.startsWith(long))) : files;
try {
  if (chosen.some((file) => file.startsWith("test/browser/"))) prepareBrowserTests();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
const checks = fast || named.length > 0 ? { passed: 0, failed: 0 } : await runChecks();
const tests = await withCluster(() => runTests(chosen));
const failed = checks.failed + tests.failed;
console.log(`${tests.passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
