/**
 * `npm run mutants [-- WORDS]`: puts each fault of the list (those whose guard holds the words) into a copy of the product,
 * one at a time, and runs the tests that have to notice. Ends with how many were, and not well if one was not.
 */
import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startCluster } from "../support/cluster.ts";
import { MUTANTS, type Mutant } from "./list.ts";

const ROOT = join(import.meta.dirname, "..", "..");
/** Copies at once: as many as the smallest machine has cores. */
const COPIES = 2;
const LEFT_OUT = new Set(["node_modules", ".git", "web", "shots", "docs"]);
const copyProduct = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "parley-mutants-"));
  await cp(ROOT, directory, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
  await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"));
  return directory;
};

type Ended = { readonly code: number | null; readonly said: string };

const runTests = (directory: string, { file, name }: Mutant["noticedBy"]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--test", `--test-name-pattern=${name}`, file], { cwd: directory });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, said }));
  });

/** @returns whether the tests noticed @throws with what they said, when they could not be run */
const isNoticed = async (directory: string, { guard, file, from, to, noticedBy }: Mutant): Promise<boolean> => {
  const path = join(directory, file);
  const source = await readFile(path, "utf8");
  await writeFile(
    path,
    source.replace(from, () => to),
  );
  try {
    const { code, said } = await runTests(directory, noticedBy);
    // Whatever else ends badly than the test itself says nothing about the fault.
    if (code !== 0 && !/^✖ (?!test\/)/m.test(said)) throw new Error(`${guard}: the tests could not be run\n${said}`);
    return code !== 0;
  } finally {
    await writeFile(path, source);
  }
};

const words = process.argv.slice(2).join(" ");
const left = MUTANTS.filter(({ guard }) => guard.includes(words));
const all = left.length;
const missed: string[] = [];

const work = async (): Promise<void> => {
  const directory = await copyProduct();
  try {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const noticed = await isNoticed(directory, mutant);
      if (!noticed) missed.push(mutant.guard);
      console.log(`${noticed ? "noticed    " : "NOT NOTICED"}  ${mutant.guard}`);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const cluster = await startCluster();
try {
  const { superuserUrl, logFile } = cluster;
  process.env.PARLEY_TEST_CLUSTER = JSON.stringify({ superuserUrl, logFile });
  await Promise.all(Array.from({ length: COPIES }, work));
} finally {
  await cluster.stop();
}
console.log(`${all - missed.length} noticed, ${missed.length} not`);
if (all === 0 || missed.length > 0) process.exitCode = 1;
