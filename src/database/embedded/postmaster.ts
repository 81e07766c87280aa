/**
 * Owns the server process of a cluster: finding the one that runs, starting one, proving that it is ours, stopping it.
 * A process is ours only if its command line carries the cluster's name, and is served from only if it also accepts our
 * password and reads our directory: a process id in a file proves nothing. The directory is the server's user's, and we
 * may be root: what is written there follows no link.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { constants, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { FailedError } from "../../kernel/index.ts";
import type { Account } from "./account.ts";
import { type Connection, HOST, withPort } from "./connection.ts";
import { codeOf, ignoring } from "./errors.ts";
import { dataArgument, spawnOptions } from "./program.ts";

export type Postmaster = {
  readonly pid: number;
  readonly port: number;
  /**
   * Resolves when nothing is left of its process. Asked once it has ended: what we started is our child and keeps its id
   * until we have waited for it; what we took over is waited for by the system.
   */
  reaped(): Promise<void>;
};

const POLL_MS = 10;

const execute = promisify(execFile);

// ---------------------------------------------------------------------------------------------------- what is running

type PidFile = Pick<Postmaster, "pid" | "port"> & { readonly status: string };

const pidFileIn = (data: string): string => join(data, "postmaster.pid");

/** Undefined also while the server is still writing it. */
const readPidFile = async (data: string): Promise<PidFile | undefined> => {
  const text = await readFile(pidFileIn(data), "utf8").catch(ignoring("ENOENT"));
  const lines = text?.split("\n") ?? [];
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3] ?? 0), status: lines[7]?.trim() ?? "" } : undefined;
};

/** Empty: there is no such process, or it is dead. */
export const commandLine = async (pid: number): Promise<string> => {
  if (process.platform === "linux") {
    return (await readFile(`/proc/${pid}/cmdline`, "utf8").catch(ignoring("ENOENT", "ESRCH"))) ?? "";
  }
  return execute("ps", ["-o", "args=", "-p", String(pid)]).then(
    ({ stdout }) => stdout,
    () => "",
  );
};

const nameSetting = (clusterName: string): string => `cluster_name=${clusterName}`;

/** False also for one that is dead but that nobody has waited for: its command line is empty. */
const isOurs = async (pid: number, clusterName: string): Promise<boolean> =>
  (await commandLine(pid)).includes(nameSetting(clusterName));

/** `busy`: it is starting, recovering or stopping; look again. */
export type Sighting =
  | { readonly state: "none" | "busy" }
  | { readonly state: "ready"; readonly postmaster: Postmaster };

/** Connection faults that pass: it starts or stops, or the dead server's connections are not yet noticed as gone. */
const PASSING = ["ECONNREFUSED", "ECONNRESET", "EPIPE", "57P01", "57P03", "53300"];

/**
 * It accepts our password and, asked for a file in its directory, reads what we have just written into ours. (A copied
 * directory has the same passwords and names the original's process.)
 */
const readsOurDirectory = async (data: string, connection: Connection): Promise<boolean> => {
  const [name, secret] = [`parley.proof-${randomBytes(8).toString("hex")}`, randomBytes(16).toString("hex")];
  const file = join(data, name);
  // Readable to the server's user; the directory around it is not open to others.
  await writeFile(file, secret, { mode: 0o644, flag: "wx" });
  const client = new pg.Client({ connectionString: connection.superuserUrl, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ text: string | null }>("select pg_read_file($1, true) as text", [name]);
    return rows[0]?.text === secret;
  } finally {
    await client.end().catch(() => {});
    await rm(file, { force: true });
  }
};

export const findPostmaster = async (data: string, connection: Connection): Promise<Sighting> => {
  const file = await readPidFile(data);
  if (file === undefined || !(await isOurs(file.pid, connection.clusterName))) return { state: "none" };
  if (file.status !== "ready") return { state: "busy" };
  try {
    const isProven = await readsOurDirectory(data, withPort(connection, file.port));
    if (!isProven) return { state: "none" };
    return { state: "ready", postmaster: { pid: file.pid, port: file.port, reaped: async () => {} } };
  } catch (error) {
    if (PASSING.includes(codeOf(error) ?? "")) return { state: "busy" };
    throw new FailedError(
      `PostgreSQL (process ${file.pid}) runs on ${data}, but does not let us in: ${String(error)}`,
      {
        cause: error,
      },
    );
  }
};

// ------------------------------------------------------------------------------------------------------------ starting

/** No process has this id; it is above every system's limit. */
const NO_PROCESS = 2_147_483_647;

const isTaken = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
};

/**
 * After a crash the file's process id may have gone to another program, and PostgreSQL would refuse to start for it.
 * Only the id is replaced, not the file removed: its last lines are how PostgreSQL notices that processes of the dead
 * server still have the data open.
 */
const forgetDeadPostmaster = async (data: string): Promise<void> => {
  const file = await readPidFile(data);
  if (file === undefined || !isTaken(file.pid)) return;
  const text = await readFile(pidFileIn(data), "utf8").catch(ignoring("ENOENT"));
  if (text === undefined) return;
  // Written over in place: the new id is the longest there is.
  const flag = constants.O_WRONLY | constants.O_NOFOLLOW;
  await writeFile(pidFileIn(data), text.replace(/^\d+/, String(NO_PROCESS)), { flag });
};

const LOG_LIMIT_BYTES = 20 * 1024 * 1024;
const LOG_LINES_SHOWN = 20;

/** The log of the last starts is kept, the one before it too, and no more. */
const openLog = async (file: string): Promise<{ handle: Awaited<ReturnType<typeof open>>; offset: number }> => {
  const size = (await stat(file).catch(ignoring("ENOENT")))?.size ?? 0;
  const isLong = size > LOG_LIMIT_BYTES;
  if (isLong) await rename(file, `${file}.1`);
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  return { handle: await open(file, flags, 0o600), offset: isLong ? 0 : size };
};

const logSince = async (file: string, offset: number): Promise<string> => {
  const text = (await readFile(file)).subarray(offset).toString().trim();
  return text.split("\n").slice(-LOG_LINES_SHOWN).join("\n");
};

/** `taken`: another process of this cluster, or a remnant of a dead one, still has the data. */
export type Launch =
  | { readonly state: "ready"; readonly postmaster: Postmaster }
  | { readonly state: "taken" | "port-in-use" | "failed"; readonly log: string };

const outcomeIn = (log: string): "taken" | "port-in-use" | "failed" => {
  if (/lock file "postmaster.pid" already exists|pre-existing shared memory block/.test(log)) return "taken";
  return /could not bind .*: Address already in use/.test(log) ? "port-in-use" : "failed";
};

export type LaunchPlan = {
  readonly postgres: string;
  readonly data: string;
  readonly account: Account;
  readonly clusterName: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** On the clock of performance.now(). */
  readonly deadline: number;
};

/**
 * Detached: in a session of its own the terminal's Ctrl-C does not reach it, since whoever uses it must finish first;
 * and it outlives us. It holds no pipe to us, and does not keep our event loop alive.
 */
const spawnPostmaster = async (plan: LaunchPlan, log: number): Promise<ChildProcess> => {
  const { data, account, port, clusterName } = plan;
  const fixed = { listen_addresses: HOST, port: String(port), unix_socket_directories: "" };
  const settings = Object.entries({ ...plan.settings, ...fixed }).map(([name, value]) => `${name}=${value}`);
  const args = ["-D", dataArgument(data), ...[...settings, nameSetting(clusterName)].flatMap((pair) => ["-c", pair])];
  const options = { ...spawnOptions(data, account), detached: true, stdio: ["ignore" as const, log, log] };
  const child = spawn(plan.postgres, args, options);
  // Throws when the program cannot be run at all.
  await once(child, "spawn");
  return child;
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const reap = async (child: ChildProcess): Promise<void> => {
  if (hasEnded(child)) return;
  child.ref();
  await once(child, "exit");
};

export const launch = async (plan: LaunchPlan): Promise<Launch> => {
  await forgetDeadPostmaster(plan.data);
  const { handle, offset } = await openLog(plan.logFile);
  const child = await spawnPostmaster(plan, handle.fd).finally(() => handle.close());
  while (!hasEnded(child)) {
    const file = await readPidFile(plan.data);
    if (file !== undefined && file.pid === child.pid && file.status === "ready") {
      child.unref();
      return { state: "ready", postmaster: { pid: file.pid, port: file.port, reaped: () => reap(child) } };
    }
    if (performance.now() > plan.deadline) child.kill("SIGQUIT");
    await sleep(POLL_MS);
  }
  const log = await logSince(plan.logFile, offset);
  return { state: outcomeIn(log), log };
};

// ----------------------------------------------------------------------------------------------------------------- end

/** How soon the end is noticed. It costs a look into /proc, or on other systems a run of ps. */
const WATCH_MS = process.platform === "linux" ? 100 : 1_000;

export type Watched = { readonly pid: number; readonly data: string; readonly clusterName: string };

/** `died`: it was killed. `told`: somebody told it to stop; it may still be about it. */
export type End = "died" | "told";

/**
 * Resolves when the server has ended or is about to, however it came to run: one that was taken over is nobody's child
 * here, so that nothing but looking tells. Resolves also when told to stop looking. Keeps no event loop alive.
 */
export const endOf = async ({ pid, data, clusterName }: Watched, signal: AbortSignal): Promise<End> => {
  // A look that fails, as when there are no file handles left, says nothing about the server.
  const runs = (): Promise<boolean> => isOurs(pid, clusterName).catch(() => true);
  const told = (): Promise<boolean> => wasTold(data, pid).catch(() => false);
  while (!signal.aborted && (await runs())) {
    if (await told()) return "told";
    await sleep(WATCH_MS, undefined, { signal, ref: false }).catch(() => {});
  }
  return (await told()) ? "told" : "died";
};

/** A server that stops says so in its file, and takes the file along; a dead one leaves it as it was. */
const wasTold = async (data: string, pid: number): Promise<boolean> => {
  const file = await readPidFile(data);
  return file === undefined || (file.pid === pid && file.status === "stopping");
};

// ------------------------------------------------------------------------------------------------------------ stopping

/** Sessions are ended and everything is written out; on a slow disk that takes a while. */
const FAST_SHUTDOWN_MS = 60_000;
/** Without writing out: the next start replays the write-ahead log, nothing committed is lost. */
const IMMEDIATE_SHUTDOWN_MS = 10_000;

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
};

const isGoneWithin = async (pid: number, clusterName: string, milliseconds: number): Promise<boolean> => {
  const deadline = performance.now() + milliseconds;
  while (await isOurs(pid, clusterName)) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
};

const endPostmaster = async (pid: number, clusterName: string): Promise<void> => {
  if (await isGoneWithin(pid, clusterName, 0)) return;
  signal(pid, "SIGINT");
  if (await isGoneWithin(pid, clusterName, FAST_SHUTDOWN_MS)) return;
  signal(pid, "SIGQUIT");
  if (await isGoneWithin(pid, clusterName, IMMEDIATE_SHUTDOWN_MS)) return;
  throw new FailedError(`PostgreSQL (process ${pid}) does not stop`);
};

/** Resolves when its process is gone, and its id with it. */
export const stopPostmaster = async (postmaster: Postmaster, clusterName: string): Promise<void> => {
  await endPostmaster(postmaster.pid, clusterName);
  await postmaster.reaped();
};
