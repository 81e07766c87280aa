/** What is checked without running the product: lint, types, boundaries, shape, the build of the web app, documents. */
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { dirname } from "node:path";
import { inLanes } from "./lanes.ts";

type Check = { readonly name: string; readonly command: readonly [string, ...string[]] };

/** What runs in browsers too has a configuration of its own. */
const PROJECTS = ["test/browser", "web", ...globSync("packages/*/tsconfig.json").map(dirname)].sort();

const CHECKS: readonly Check[] = [
  { name: "lint", command: ["biome", "check", "--error-on-warnings", "."] },
  { name: "types", command: ["tsc", "-p", "."] },
  ...PROJECTS.map((project): Check => ({ name: `types of ${project}`, command: ["tsc", "--noEmit", "-p", project] })),
  { name: "the client as it is published", command: [process.execPath, "scripts/pack-client.ts", "--check"] },
  { name: "boundaries", command: [process.execPath, "scripts/boundaries.ts"] },
  { name: "shape", command: [process.execPath, "scripts/shape.ts"] },
  { name: "the web app is built, and small enough", command: [process.execPath, "scripts/web.ts"] },
  { name: "generated documents", command: [process.execPath, "scripts/docs.ts", "--check"] },
  { name: "documents and the clients made of them", command: [process.execPath, "scripts/clients.ts"] },
];

/** At once: each takes a core, and the smallest machine has two. */
const LANES = 2;

/** @returns how many passed and failed; what a failed one printed is shown */
export const runChecks = async (): Promise<{ passed: number; failed: number }> => {
  let failed = 0;
  await inLanes(CHECKS, LANES, async ({ name, command }) => {
    const { code, output } = await runCommand(command);
    console.log(`${code === 0 ? "✔" : "✖"} ${name}`);
    if (code === 0) return;
    failed++;
    console.log(output);
  });
  return { passed: CHECKS.length - failed, failed };
};

const runCommand = ([program, ...args]: Check["command"]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve, reject) => {
    const path = `node_modules/.bin:${process.env.PATH ?? ""}`;
    const child = spawn(program, args, { env: { ...process.env, PATH: path }, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output: Buffer.concat(chunks).toString("utf8") }));
  });
