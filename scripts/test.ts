/** `npm test`: lint, types, boundaries, generated documents, and every test. The last line counts them. */
import { globSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { startCluster } from "../test/support/cluster.ts";
import { runChecks } from "./checks.ts";

/** Test files at once: as many as the smallest machine has cores. */
const CONCURRENCY = 2;
/** For one file; a hang is a failure. */
const FILE_LIMIT_MS = 10 * 60_000;

const runTests = async (files: readonly string[]): Promise<{ passed: number; failed: number }> => {
  const cluster = await startCluster();
  process.env.PARLEY_TEST_CLUSTER = JSON.stringify({ superuserUrl: cluster.superuserUrl, logFile: cluster.logFile });
  try {
    return await new Promise((resolve, reject) => {
      const counts = { passed: 0, failed: 0 };
      const stream = run({ files: [...files], concurrency: CONCURRENCY, timeout: FILE_LIMIT_MS });
      stream.on("test:summary", ({ file, counts: all }) => {
        if (file === undefined) Object.assign(counts, { passed: all.passed, failed: all.tests - all.passed });
      });
      stream.on("error", reject);
      stream.on("end", () => resolve(counts));
      stream.compose(spec).pipe(process.stdout, { end: false });
    });
  } finally {
    await cluster.stop();
  }
};

const wanted = process.argv.slice(2);
const files = wanted.length > 0 ? wanted : globSync("test/**/*.test.ts").sort();
const checks = wanted.length > 0 ? { passed: 0, failed: 0 } : await runChecks();
const tests = await runTests(files);
const failed = checks.failed + tests.failed;
console.log(`${checks.passed + tests.passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
