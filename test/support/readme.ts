/** The commands that the README shows, to be run as they stand there. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** Those of one chapter, block by block. */
export const commandsIn = async (chapter: string): Promise<readonly string[]> => {
  const readme = await readFile("README.md", "utf8");
  const start = readme.indexOf(`## ${chapter}\n`);
  assert.ok(start >= 0, `the README has a chapter "${chapter}"`);
  const text = readme.slice(start, readme.indexOf("\n## ", start + 1));
  return [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block ?? "");
};

export type Typed = {
  /** Variables that are set in the text get these values instead: where the test's server listens. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly dataDir: string;
};

/** Types them into a shell that stops at the first one that fails. @returns what it printed */
export const typeIntoShell = async (commands: string, { addresses, dataDir }: Typed): Promise<string> => {
  const moved = Object.entries(addresses).reduce(
    (text, [name, value]) => text.replace(new RegExp(`^${name}=.*$`, "m"), `${name}=${value}`),
    commands.replaceAll("npx parley", resolve("bin/parley")),
  );
  const folder = await mkdtemp(join(tmpdir(), "parley-readme-"));
  try {
    const shell = spawn("bash", ["-euo", "pipefail", "-c", moved], {
      cwd: folder,
      env: { ...process.env, DATA_DIR: dataDir },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let printed = "";
    shell.stdout.on("data", (chunk) => {
      printed += chunk;
    });
    const [code] = await once(shell, "close");
    assert.equal(code, 0, printed);
    return printed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
