/** `src/main.ts` as a process, with the embedded database in a directory of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Environment, environmentOf } from "./environment.ts";

export const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** The last line that a start prints. */
const STARTED = "Ctrl-C stops it";

export type Program = {
  readonly child: ChildProcess;
  /** Where the exchange listens. */
  readonly address: string;
  /** Everything it printed so far. */
  printed(): string;
  /** Resolves when it is gone. @returns its exit code; null when a signal ended it */
  end(signal: NodeJS.Signals): Promise<number | null>;
};

const environment = (env: Environment) => environmentOf({ PORT: "0", RAIL_PORT: "0", LOG_LEVEL: "error", ...env });

const launch = (env: Environment) => {
  const child = spawn(process.execPath, [MAIN], { env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  child.stderr.on("data", (chunk) => {
    printed += chunk;
  });
  const lines = createInterface(child.stdout);
  lines.on("line", (line) => {
    printed += `${line}\n`;
  });
  return { child, lines, printed: () => printed };
};

export const startProgram = async (env: Environment): Promise<Program> => {
  const { child, lines, printed } = launch(env);
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      if (line.startsWith(STARTED)) resolve();
    });
    child.once("close", (code) => reject(new Error(`the server ended with ${code}:\n${printed()}`)));
  });
  return {
    child,
    address: /^Parley serves at (\S+)$/m.exec(printed())?.[1] ?? "",
    printed,
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const gone = once(child, "close");
      child.kill(signal);
      const [code] = (await gone) as [number | null];
      return code;
    },
  };
};

/** A start that is to be refused. @returns how it ended and what it printed */
export const refusedStart = async (
  env: Environment,
): Promise<{ readonly code: number | null; readonly said: string }> => {
  const { child, printed } = launch(env);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said: printed() };
};
