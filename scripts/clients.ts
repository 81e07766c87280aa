/**
 * Holds the documents against their readers: two linters find nothing, and the clients that three generators make of them
 * compile against typical uses. Prints what is wrong, and nothing else.
 */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const APIS = ["exchange", "rail"] as const;
const HERE = "test/clients";
const OUTPUT = `${HERE}/generated`;

/** Whom our use of a tool concerns: nobody. */
const ENV = { ...process.env, REDOCLY_TELEMETRY: "off", DO_NOT_TRACK: "1", SCARF_ANALYTICS: "false" };

type Step = readonly [program: string, ...args: string[]];

const documentOf = (api: string) => `./docs/openapi.${api}.json`;
const documents = APIS.map(documentOf);

const LINTERS: readonly Step[] = [
  ["redocly", "lint", ...documents, "--config", `${HERE}/redocly.yaml`, "--max-problems", "20"],
  ["spectral", "lint", ...documents, "--ruleset", `${HERE}/spectral.yaml`, "--fail-severity", "hint"],
];

const generators = (api: string): readonly Step[] => [
  ["openapi-typescript", documentOf(api), "--output", `${OUTPUT}/openapi-typescript/${api}.ts`],
  [
    "openapi-ts",
    "--input",
    documentOf(api),
    "--output",
    `${OUTPUT}/hey-api/${api}`,
    "--client",
    "@hey-api/client-fetch",
  ],
  ["orval", "--input", documentOf(api), "--output", `${OUTPUT}/orval/${api}.ts`, "--client", "fetch"],
];

const failed = async ([program, ...args]: Step): Promise<string | null> => {
  const path = [`${HERE}/node_modules/.bin`, "node_modules/.bin", process.env.PATH].join(":");
  try {
    await run(program, args, { env: { ...ENV, PATH: path } });
    return null;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return `${program} ${args.join(" ")}\n${stdout}${stderr}`;
  }
};

/** One after the other: each takes a core. */
const failuresOf = async (steps: readonly Step[]): Promise<readonly string[]> => {
  const failures: string[] = [];
  for (const step of steps) {
    const failure = await failed(step);
    if (failure !== null) failures.push(failure);
  }
  return failures;
};

await rm(OUTPUT, { recursive: true, force: true });
const failures = await failuresOf([...LINTERS, ...APIS.flatMap(generators), ["tsc", "-p", HERE]]);
for (const failure of failures) console.log(failure);
process.exit(failures.length === 0 ? 0 : 1);
