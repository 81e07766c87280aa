/**
 * The two simulated banks of the demo: participants of the sandbox, each a process of its own that talks to the rail by
 * HTTP. They end with the server, however that ends.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { RunningBank } from "../bank/index.ts";
import {
  DEMO_BANKS,
  type DemoBank,
  type RunningDemo,
  type RunningDemoBank,
  removeRunning,
  writeRunning,
} from "./bank-list.ts";
import { type Enrolled, enrol, type OperatorApi, setUrls } from "./enrol.ts";

const PARLEY = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
/** A bank stops within milliseconds; one that does not is stuck. */
const STOP_LIMIT_MS = 5_000;

export type DemoBanksOptions = Omit<RunningDemo, "banks"> & {
  readonly dataDir: string;
  /** An operator's. */
  readonly token: string;
  readonly log: (line: string) => void;
  /** One of them has ended, or was told to: they are there together with the server, or not at all. */
  readonly onEnd: (why: string) => void;
};

export type DemoBanks = {
  readonly banks: readonly RunningDemoBank[];
  /** Resolves when both processes have ended. */
  stop(): Promise<void>;
};

export const startDemoBanks = async (options: DemoBanksOptions): Promise<DemoBanks> => {
  const { dataDir, operators, rail, audience } = options;
  const children: ChildProcess[] = [];
  let stopping = false;
  const stop = async () => {
    stopping = true;
    await removeRunning(dataDir);
    await Promise.all(children.map(end));
  };
  const start = async (bank: DemoBank): Promise<RunningDemoBank> => {
    const operating: OperatorApi = { url: operators, token: options.token };
    const enrolled = await enrol(operating, dataDir, bank);
    const child = launch(bank, enrolled, options);
    children.push(child);
    const ready = await readyOf(child, bank);
    child.on("message", (message) =>
      options.onEnd(`${bank.title} was told to stop by ${signalOf(message)}: so do we.`),
    );
    child.once("exit", (code, signal) => {
      if (!stopping) options.onEnd(`${bank.title} has ended (${code ?? signal}): so do we.`);
    });
    const { address, controlAddress, appUrl } = ready;
    await setUrls(operating, enrolled.guid, { callback_url: address, deeplink_url: appUrl });
    const { name, title } = bank;
    return { name, title, guid: enrolled.guid, pid: child.pid ?? 0, address, controlAddress };
  };
  try {
    const banks = await Promise.all(DEMO_BANKS.map(start));
    await writeRunning(dataDir, { operators, rail, audience, banks });
    return { banks, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** The child ends with its IPC channel, which the kernel closes when this process ends, however it ends. */
const launch = (
  bank: DemoBank,
  { guid, keyFile }: Enrolled,
  { rail, audience, log }: DemoBanksOptions,
): ChildProcess => {
  const { name, code, profile } = bank;
  const given = { name, rail, audience, key: keyFile, guid, code, profile };
  const args = Object.entries(given).flatMap(([option, value]) => [`--${option}`, value]);
  const child = spawn(process.execPath, [PARLEY, "rail", "bank", ...args, "--supervised"], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { PATH: process.env.PATH },
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface(stream).on("line", (line) => log(`  ${line}`));
  }
  return child;
};

/** A bank that is told to stop passes it on: the rail may have begun to send it something. */
const signalOf = (message: unknown): string => String(Reflect.get(message as object, "signal"));

type Ready = Pick<RunningBank, "address" | "controlAddress" | "appUrl">;

const readyOf = (child: ChildProcess, { title }: DemoBank): Promise<Ready> =>
  new Promise((resolve, reject) => {
    child.once("message", (ready) => resolve(ready as Ready));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${title} ended with ${code} before it was ready`)));
  });

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  // It stops with its channel.
  if (child.connected) child.disconnect();
  const limit = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT_MS);
  await gone;
  clearTimeout(limit);
};
