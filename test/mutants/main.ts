/**
 * `npm run mutants [-- WORDS]`: puts each fault of the list (those whose guard holds the words) into a copy of the product,
 * one at a time, and runs the tests that have to notice. Ends with how many were, and not well if one was not.
 */
import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { inLanes } from "../../scripts/lanes.ts";
import { withCluster } from "../support/cluster.ts";
import { MUTANTS, type Mutant } from "./list.ts";

const ROOT = join(import.meta.dirname, "..", "..");
/** Copies at once: as many as the smallest machine has cores. */
const COPIES = 2;
const LEFT_OUT = new Set(["node_modules", ".git", "web", "shots", "docs"]);
/** A test that failed, not its file: what cannot be loaded says nothing about a fault. */
const FAILED_TEST = /^ *not ok \d+ - (?!\S*\.test\.ts)/m;

const copyProduct = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "parley-mutants-"));
  await cp(ROOT, directory, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) });
  await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"));
  return directory;
};

type Ended = { readonly code: number | null; readonly said: string };

const runTests = (directory: string, { file, name }: Mutant["noticedBy"]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--test", "--test-reporter=tap", `--test-name-pattern=${name}`, file], {
      cwd: directory,
    });
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
    if (code !== 0 && !FAILED_TEST.test(said)) throw new Error(`${guard}: the tests could not be run\n${said}`);
    return code !== 0;
  } finally {
    await writeFile(path, source);
  }
};

const words = process.argv.slice(2).join(" ");
const chosen = MUTANTS.filter(({ guard }) => guard.includes(words));
const missed: string[] = [];

/** Tests that fail by themselves would notice everything. */
const provePeace = async (): Promise<void> => {
  for (const tests of new Set(chosen.map(({ noticedBy }) => noticedBy))) {
    const { code, said } = await runTests(ROOT, tests);
    if (code !== 0) throw new Error(`${tests.file} fails without a fault\n${said}`);
  }
};

const tryAll = async (): Promise<void> => {
  const copies = await Promise.all(Array.from({ length: COPIES }, copyProduct));
  try {
    await inLanes(chosen, COPIES, async (mutant, lane) => {
      const noticed = await isNoticed(copies[lane] as string, mutant);
      if (!noticed) missed.push(mutant.guard);
      console.log(`${noticed ? "noticed    " : "NOT NOTICED"}  ${mutant.guard}`);
    });
  } finally {
    await Promise.all(copies.map((directory) => rm(directory, { recursive: true, force: true })));
  }
};

await withCluster(async () => {
  await provePeace();
  await tryAll();
});
console.log(`${chosen.length - missed.length} noticed, ${missed.length} not`);
if (chosen.length === 0 || missed.length > 0) process.exitCode = 1;
