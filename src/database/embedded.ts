/**
 * Owns the embedded database: a real PostgreSQL whose programs come from npm and whose data lies in one directory.
 * It promises: one process at a time runs a directory's database; what was committed survives the death of anything; a
 * server that dies is started again at the same address; and it ends with its owner: when that says so, when somebody
 * else tells the server to stop, which its owner is told of, and also when the owner is killed.
 *
 *   data/              the cluster              connection.json    the URLs, for its owner's eyes only
 *   postgres.log       what PostgreSQL says     owner.lock, .pid   which process runs it      guard.pid
 */
import { lstat, mkdir, realpath } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FailedError } from "../kernel/index.ts";
import { type Account, accountFor } from "./embedded/account.ts";
import { type Binaries, findBinaries } from "./embedded/binaries.ts";
import { createCluster } from "./embedded/cluster.ts";
import {
  type Connection,
  HOST,
  newConnection,
  portOf,
  readConnection,
  withPort,
  writeConnection,
} from "./embedded/connection.ts";
import { ignoring, reasonIn } from "./embedded/errors.ts";
import { formerGuardIsGone, startGuard } from "./embedded/guard.ts";
import { takeOwnership } from "./embedded/ownership.ts";
import { endOf, findPostmaster, launch, type Postmaster, stopPostmaster } from "./embedded/postmaster.ts";

export type EmbeddedUrls = {
  /** The role that owns the database and migrates it: parley_owner. */
  readonly ownerUrl: string;
  /** The role that serves, and owns nothing: parley. */
  readonly servingUrl: string;
  /** Tests create their databases with it. */
  readonly superuserUrl: string;
};

export type EmbeddedDatabase = EmbeddedUrls & {
  /** Of the server that runs now, or ran last. */
  readonly postmasterPid: number;
  /** Ends sessions and server (a fast shutdown); resolves when the postmaster is gone. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  /** Made if missing. */
  readonly directory: string;
  /** More of PostgreSQL's settings. A server that is taken over keeps those it was started with. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
  /** Breaks off a start that is no longer wanted. */
  readonly signal?: AbortSignal | undefined;
  /** Somebody told the server to stop. It will not be started again: whoever uses it has to come to an end. */
  readonly onTold?: () => void;
};

const SETTINGS = {
  fsync: "on",
  max_connections: "100",
  shared_buffers: "256MB",
  // Checkpoints by time rather than by volume; a crash replays at most this much.
  max_wal_size: "2GB",
  min_wal_size: "256MB",
  // Whoever waits longer than deadlock_timeout for a lock is named in the log.
  log_lock_waits: "on",
  log_line_prefix: "%m [%p] %q%u@%d ",
  log_timezone: "UTC",
  timezone: "UTC",
};

/** Time to replay the write-ahead log after a crash, and for a dead server's last processes to end. */
const START_LIMIT_MS = 300_000;
const RETRY_MS = 50;
const SAY_EVERY_MS = 5_000;
/** Before another attempt at a server that died and could not be started, as on a full disk. */
const RESTART_PAUSE_MS = 2_000;

/** Everything about one directory that does not change while it is started. */
type Site = {
  readonly directory: string;
  readonly data: string;
  readonly logFile: string;
  readonly account: Account;
  readonly binaries: Binaries;
  readonly connection: Connection;
  readonly settings: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  /** Aborted when we stop the server ourselves: its end is then nothing to mend. */
  readonly stopping: AbortController;
};

/** The wanted port if it is free, else another one that is. */
const freePort = (wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => (wanted === 0 ? reject(error) : resolve(freePort(0))));
    server.listen({ host: HOST, port: wanted, exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });

const exists = async (path: string): Promise<boolean> => (await lstat(path).catch(ignoring("ENOENT"))) !== undefined;

/** Reads the passwords, or makes them and then the cluster that has them. */
const prepare = async (directory: string, options: EmbeddedOptions): Promise<Site> => {
  const { log = () => {} } = options;
  const data = join(directory, "data");
  const [account, known, hasData] = await Promise.all([accountFor(data), readConnection(directory), exists(data)]);
  if (known === undefined && hasData) {
    throw new FailedError(
      `${data} is there, but ${directory}/connection.json with its passwords is missing: restore both`,
    );
  }
  const connection = known ?? withPort(newConnection(), await freePort(0));
  if (known === undefined) await writeConnection(directory, connection);
  const binaries = await findBinaries(directory, account);
  if (!hasData) {
    log(`creating a PostgreSQL cluster in ${data}`);
    await createCluster({ data, binaries, account, connection, signal: options.signal });
  }
  const logFile = join(directory, "postgres.log");
  const settings = { ...SETTINGS, ...options.settings };
  return { directory, data, logFile, account, binaries, connection, settings, log, stopping: new AbortController() };
};

/** Undefined: the data is still held by something that is about to end, or the port was lost to somebody; try again. */
const tryLaunch = async (site: Site, port: number, deadline: number): Promise<Postmaster | undefined> => {
  const { data, account, logFile, settings, log } = site;
  const { postgres } = site.binaries;
  const { clusterName } = site.connection;
  const result = await launch({ postgres, data, account, clusterName, port, settings, logFile, deadline });
  if (result.state === "ready") {
    log(`PostgreSQL (process ${result.postmaster.pid}) started on port ${result.postmaster.port}`);
    return result.postmaster;
  }
  if (result.state !== "failed" && performance.now() < deadline) return undefined;
  throw new FailedError(`PostgreSQL does not start in ${data}: ${reasonIn(result.log)}. More is in ${logFile}.`);
};

/**
 * Takes over the server that runs, waits for the one that starts or stops, or starts one.
 * @param choosePort asked before each attempt
 */
const attachOrLaunch = async (site: Site, choosePort: () => number | Promise<number>): Promise<Postmaster> => {
  const { data, connection, log, stopping } = site;
  const began = performance.now();
  const deadline = began + START_LIMIT_MS;
  let saidAt = began;
  for (;;) {
    const sighting = await findPostmaster(data, connection);
    if (sighting.state === "ready") {
      log(`taking over PostgreSQL (process ${sighting.postmaster.pid}) on port ${sighting.postmaster.port}`);
      return sighting.postmaster;
    }
    if (sighting.state === "none") {
      const postmaster = await tryLaunch(site, await choosePort(), deadline);
      if (postmaster !== undefined) return postmaster;
    }
    if (stopping.signal.aborted) throw new FailedError(`PostgreSQL in ${data} is to stop before it was started`);
    if (performance.now() > deadline) {
      throw new FailedError(`PostgreSQL in ${data} is not ready after ${START_LIMIT_MS / 1000} s, see ${site.logFile}`);
    }
    if (performance.now() - saidAt > SAY_EVERY_MS) {
      log("waiting for PostgreSQL to recover, or for an earlier one to end");
      saidAt = performance.now();
    }
    await sleep(RETRY_MS);
  }
};

type Keeper = { readonly postmaster: Postmaster; stop(): Promise<void> };

/**
 * Starts a server that died again, where its clients look for it: they reconnect by themselves. What it had committed
 * it recovers from its write-ahead log.
 */
const keepRunning = (site: Site, first: Postmaster, onTold: () => void): Keeper => {
  const { log, logFile, data, stopping } = site;
  const { clusterName } = site.connection;
  let postmaster = first;

  const restart = async (): Promise<void> => {
    try {
      postmaster = await attachOrLaunch(site, () => first.port);
    } catch (error) {
      if (stopping.signal.aborted) return;
      log(String(error));
      await sleep(RESTART_PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  const watch = async (): Promise<void> => {
    for (;;) {
      const end = await endOf({ pid: postmaster.pid, data, clusterName }, stopping.signal);
      if (stopping.signal.aborted) return;
      if (end === "told") return onTold();
      log(`PostgreSQL (process ${postmaster.pid}) died, starting it again; why it did is in ${logFile}`);
      await restart();
    }
  };

  const watching = watch();
  return {
    get postmaster() {
      return postmaster;
    },
    async stop() {
      stopping.abort();
      await watching;
      await stopPostmaster(postmaster, clusterName);
    },
  };
};

export const startEmbedded = async (options: EmbeddedOptions): Promise<EmbeddedDatabase> => {
  await mkdir(options.directory, { recursive: true, mode: 0o700 });
  const directory = await realpath(options.directory);
  const ownership = takeOwnership(directory);
  try {
    const site = await prepare(directory, options);
    const guarded = { directory, data: site.data, clusterName: site.connection.clusterName };
    await formerGuardIsGone(guarded);
    const guard = await startGuard(guarded);
    try {
      options.signal?.throwIfAborted();
      return await run(site, options, async () => {
        await guard.dismiss();
        ownership.release();
      });
    } catch (error) {
      await guard.dismiss();
      throw error;
    }
  } catch (error) {
    ownership.release();
    throw error;
  }
};

/** @param release what is held beside the server, once that is gone */
const run = async (site: Site, options: EmbeddedOptions, release: () => Promise<void>): Promise<EmbeddedDatabase> => {
  const postmaster = await attachOrLaunch(site, () => freePort(portOf(site.connection)));
  const connection = withPort(site.connection, postmaster.port);
  if (postmaster.port !== portOf(site.connection)) await writeConnection(site.directory, connection);
  const { clusterName: _name, ...urls } = connection;
  const keeper = keepRunning({ ...site, connection }, postmaster, options.onTold ?? (() => {}));
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= keeper.stop().finally(release);
    return stopped;
  };
  return {
    ...urls,
    get postmasterPid() {
      return keeper.postmaster.pid;
    },
    stop,
  };
};

/** For the command line, tests and people: the URLs of a database that another process runs. */
export const readEmbeddedUrls = async (directory: string): Promise<EmbeddedUrls | undefined> => {
  const connection = await readConnection(directory);
  if (connection === undefined) return undefined;
  const { superuserUrl, ownerUrl, servingUrl } = connection;
  return { superuserUrl, ownerUrl, servingUrl };
};
