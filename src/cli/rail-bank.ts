/** `parley rail bank`: runs a simulated bank. */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type BankProgram, type RunningBank, startBank } from "../../simulators/bank/index.ts";
import { type PrivateKey, readPrivateKey } from "../jws/index.ts";
import { FailedError, withoutTrailing } from "../kernel/index.ts";
import { ENDING_SIGNALS } from "../lifetime.ts";
import { type Command, UsageError } from "./command.ts";
import { readGuid } from "./rail-files.ts";
import { usageOf } from "./rail-usage.ts";

const OPTIONS = {
  name: { type: "string" },
  rail: { type: "string" },
  key: { type: "string" },
  guid: { type: "string" },
  code: { type: "string" },
  profile: { type: "string", default: "strong" },
  audience: { type: "string" },
  "callback-url": { type: "string" },
  host: { type: "string", default: "127.0.0.1" },
  port: { type: "string", default: "0" },
  "control-port": { type: "string", default: "0" },
  supervised: { type: "boolean", default: false },
} as const;

/** What a supervised bank tells whoever started it, once it listens and its clients are linked. */
export type BankReady = Pick<RunningBank, "address" | "controlAddress" | "appUrl">;

/**
 * Runs a simulated bank until it is told to stop. `--supervised`, for whoever starts it with an IPC channel: it says there
 * where it listens, and ends with that channel, however its other end went.
 */
export const railBank: Command = {
  name: "bank",
  summary: "run a simulated bank, registered before, against a rail",
  usage: usageOf(
    "parley rail bank --name NAME --rail URL --key FILE --guid GUID --code DIGITS [--profile compat|strong] " +
      "[--audience URL] [--callback-url URL] [--host HOST] [--port PORT] [--control-port PORT] [--supervised]",
    [
      ["--name NAME", "whose clients it has: aurora, borealis, or any other name"],
      ["--rail URL", "where the rail is reached"],
      ["--key FILE", "the private JWK; its public half is registered"],
      ["--guid GUID", "the participant's"],
      ["--code DIGITS", "the six digits inside its accounts, as registered"],
      ["--profile compat|strong", "as registered; default strong"],
      ["--audience URL", "RAIL_PUBLIC_URL; default what --rail says"],
      ["--callback-url URL", "as registered, where a proxy stands between; default its own address"],
      ["--host HOST", "where it listens for the rail; default 127.0.0.1"],
      ["--port PORT", "default 0, one that is free"],
      ["--control-port PORT", "of its controls, on this machine alone; default 0, one that is free"],
      ["--supervised", "end with the IPC channel of whoever started it"],
    ],
  ),
  async run(args, { out }) {
    const { values } = parseArgs({ args: [...args], options: OPTIONS });
    const rail = readUrl("--rail", required("--rail", values.rail));
    const program: BankProgram = {
      name: required("--name", values.name),
      guid: readGuid("--guid", required("--guid", values.guid)),
      code: readCode(required("--code", values.code)),
      profile: readProfile(values.profile),
      key: await readKey(required("--key", values.key)),
      railUrl: rail,
      audience: values.audience === undefined ? rail : readUrl("--audience", values.audience),
      ...(values["callback-url"] === undefined
        ? {}
        : { callbackUrl: readUrl("--callback-url", values["callback-url"]) }),
      host: values.host,
      port: readPort("--port", values.port),
      controlPort: readPort("--control-port", values["control-port"]),
      log: out,
    };
    const stopped = untilStopped(values.supervised);
    const bank = await startBank(program).catch(sayPortInUse);
    try {
      await bank.bank.linkClients();
      const { address, controlAddress, appUrl } = bank;
      out(`${program.name}: listens at ${address}, controls at ${controlAddress}/demo/events`);
      if (values.supervised) process.send?.({ address, controlAddress, appUrl } satisfies BankReady);
      await stopped;
    } finally {
      await bank.stop();
      if (process.connected) process.disconnect();
    }
  },
};

const sayPortInUse = (error: unknown): never => {
  const inUse = error instanceof Error && Reflect.get(error, "code") === "EADDRINUSE";
  throw inUse ? new FailedError("The port is in use: choose another, or 0 for one that is free.") : error;
};

/**
 * A signal may be meant for all: the terminal's Ctrl-C reaches every process in it. A supervised bank passes it on, and
 * goes when its supervisor lets go of it.
 */
const untilStopped = (supervised: boolean): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ENDING_SIGNALS)
      process.on(signal, () => {
        if (supervised && process.connected) process.send?.({ signal });
        else resolve();
      });
    if (!supervised) return;
    process.once("disconnect", () => resolve());
    if (!process.connected) resolve();
  });

const required = (option: string, value: string | undefined): string => {
  if (value === undefined || value === "") throw new UsageError(`${option} is missing.`);
  return value;
};

const readUrl = (option: string, given: string): string => {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url?.protocol !== "http:" && url?.protocol !== "https:")
    throw new UsageError(`${option} is "${given}"; allowed is a URL that starts with http:// or https://.`);
  return withoutTrailing(given, "/");
};

const readCode = (given: string): string => {
  if (/^\d{6}$/.test(given)) return given;
  throw new UsageError(`--code is "${given}"; allowed are the six digits of a bank.`);
};

const readProfile = (given: string): BankProgram["profile"] => {
  if (given === "compat" || given === "strong") return given;
  throw new UsageError(`--profile is "${given}"; allowed is compat or strong.`);
};

const MAX_PORT = 65_535;

const readPort = (option: string, given: string): number => {
  const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  if (port <= MAX_PORT) return port;
  throw new UsageError(`${option} is "${given}"; allowed is a port, or 0 for one that is free.`);
};

const readKey = async (file: string): Promise<PrivateKey> => {
  const text = await readFile(file, "utf8").catch(() => {
    throw new UsageError(`${file} cannot be read.`);
  });
  const key = readPrivateKey(parsed(text));
  if ("fault" in key) throw new UsageError(`${file} holds no key to sign with: ${key.fault}`);
  return key;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
