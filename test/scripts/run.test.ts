/** The way from a bare checkout to a running process, as far as it goes without a registry. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

const LOCK = JSON.stringify({
  lockfileVersion: 3,
  packages: { "": {}, "node_modules/some": { version: "1.0.0" } },
});

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "parley-run-"));
});
after(() => rm(root, { recursive: true, force: true }));

/** A checkout whose packages are a link to a folder that lacks them, or holds them. */
const checkout = async (name: string, installed: boolean): Promise<{ directory: string; target: string }> => {
  const [directory, target] = [join(root, name), join(root, `${name}-packages`)];
  await mkdir(join(directory, "scripts"), { recursive: true });
  await mkdir(join(target, "some"), { recursive: true });
  await writeFile(join(target, "some", "package.json"), "{}");
  if (installed) await writeFile(join(target, ".package-lock.json"), LOCK);
  await copyFile(new URL("../../scripts/run.mjs", import.meta.url), join(directory, "scripts", "run.mjs"));
  await writeFile(join(directory, "package-lock.json"), LOCK);
  await writeFile(join(directory, "package.json"), "{}");
  await writeFile(join(directory, "hello.ts"), 'console.log("hello" as string);');
  await symlink(target, join(directory, "node_modules"));
  return { directory, target };
};

const run = (directory: string): Promise<{ code: number; out: string; err: string }> =>
  new Promise((resolve) =>
    // Without npm in reach, so that nothing is ever installed from here.
    execFile(
      process.execPath,
      [join(directory, "scripts", "run.mjs"), "hello.ts"],
      { env: { PATH: "" } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    ),
  );

test("node_modules that is a link to what lacks packages is refused in a sentence, and left as it is", async () => {
  const { directory, target } = await checkout("lacking", false);
  const { code, err } = await run(directory);
  assert.equal(code, 1);
  assert.match(err, /^node_modules is a link/);
  assert.doesNotMatch(err, /\bat .+\.mjs:\d+/);
  assert.deepEqual(await readdir(target), ["some"]);
  assert.deepEqual(await readdir(directory), [
    "hello.ts",
    "node_modules",
    "package-lock.json",
    "package.json",
    "scripts",
  ]);
});

test("node_modules that is a link to all that is needed is used", async () => {
  const { directory } = await checkout("whole", true);
  const { code, out, err } = await run(directory);
  assert.deepEqual([code, out], [0, "hello\n"], err);
});
