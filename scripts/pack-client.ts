/**
 * `npm run pack:client`: makes of packages/client what is published, in packages/client/dist: JavaScript, declarations, and a
 * package.json that names them; inside the repository everybody uses the sources. With --check the result is held against
 * what Node, bundlers and TypeScript expect of a package. Publish with `npm publish packages/client/dist`.
 */
import { execFile } from "node:child_process";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const HERE = "packages/client";
const DIST = `${HERE}/dist`;

const tool = async (program: string, ...args: string[]): Promise<void> => {
  const path = ["node_modules/.bin", process.env.PATH].join(":");
  try {
    await run(program, args, { env: { ...process.env, PATH: path } });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(" ")}\n${stdout}${stderr}`);
  }
};

const pack = async (): Promise<void> => {
  await rm(DIST, { recursive: true, force: true });
  await tool("tsc", "-p", `${HERE}/tsconfig.build.json`);
  const described = JSON.parse(await readFile(`${HERE}/package.json`, "utf8"));
  const exports = { ".": { types: "./index.d.ts", default: "./index.js" } };
  await writeFile(`${DIST}/package.json`, `${JSON.stringify({ ...described, exports }, null, 2)}\n`);
  await copyFile(`${HERE}/README.md`, `${DIST}/README.md`);
  await copyFile("LICENSE", `${DIST}/LICENSE`);
};

await pack();
if (process.argv.includes("--check")) {
  await tool("publint", "run", DIST, "--strict");
  // ESM alone: every Node that is looked after can require it.
  await tool("attw", "--pack", DIST, "--profile", "esm-only");
}
