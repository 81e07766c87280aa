/** A simulated bank as people run it: a process of its own, registered with a running rail. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BankReady } from "../../src/cli/rail-bank.ts";
import { PARLEY } from "./command-line.ts";
import { environmentOf } from "./environment.ts";
import { type Bank, type BankOptions, eventually, freshCode, type Json, type TestRail } from "./rail.ts";

export type BankProcess = BankReady & {
  readonly registered: Bank;
  readonly code: string;
  /** What it printed so far. */
  output(): string;
  /** Calls its controls. */
  control(method: string, path: string, body?: object): Promise<{ readonly status: number; readonly body: Json }>;
  /** The first event that fits, once it is there. */
  heard(fits: (event: Json) => boolean, what: string): Promise<Json>;
  /** Closes its channel, as the end of whoever started it does. Resolves with its exit code. */
  abandon(): Promise<number | null>;
  /** Tells it to stop. Resolves with its exit code. */
  end(): Promise<number | null>;
};

export const startBankProcess = async (
  rail: TestRail,
  name: string,
  { profile = "strong", alg = "ES256" }: Pick<BankOptions, "profile" | "alg"> = {},
): Promise<BankProcess> => {
  const code = freshCode();
  const registered = await rail.bank({ name, profile, alg, codes: [code] });
  const key = join(rail.dataDir, `${name}-${code}.json`);
  await writeFile(key, JSON.stringify(registered.keys.privateJwk), { mode: 0o600 });
  const url = rail.nodes[0]?.railAddress ?? "";
  const given = { name, rail: url, key, guid: registered.guid, code, profile };
  const args = Object.entries(given).flatMap(([option, value]) => [`--${option}`, value]);
  const child = spawn(process.execPath, [PARLEY, "rail", "bank", ...args, "--supervised"], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: environmentOf(),
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (printed += chunk));
  const ready = await readyOf(child, () => printed);
  const changed = await rail.operator("PATCH", `/participants/${registered.guid}`, { callback_url: ready.address });
  if (changed.status !== 200) throw new Error(changed.text);

  const ended = async (how: () => void): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const gone = once(child, "exit");
    how();
    const [exitCode] = (await gone) as [number | null];
    return exitCode;
  };

  const control: BankProcess["control"] = async (method, path, body) => {
    const response = await fetch(`${ready.controlAddress}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    return { status: response.status, body: await response.json() };
  };

  return {
    ...ready,
    registered,
    code,
    output: () => printed,
    control,
    heard: (fits, what) =>
      eventually(async () => {
        const { body } = await control("GET", "/demo/events");
        return body.events.find(fits) as Json;
      }, `${name} hears of ${what}; it printed\n${printed}`),
    abandon: () => ended(() => child.disconnect()),
    end: () =>
      ended(() => {
        // Its supervisor hears of it, and lets go.
        child.once("message", () => child.disconnect());
        child.kill("SIGTERM");
      }),
  };
};

const readyOf = (child: ChildProcess, printed: () => string): Promise<BankReady> =>
  new Promise((resolve, reject) => {
    child.once("message", (ready) => resolve(ready as BankReady));
    child.once("exit", (code) => reject(new Error(`the bank ended with ${code}:\n${printed()}`)));
  });
