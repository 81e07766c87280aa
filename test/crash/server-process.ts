/** A server as people run it: a process of its own with its embedded database, that may be killed at any moment. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { readEmbeddedUrls, startEmbedded } from "../../src/database/index.ts";
import { type Issuer, openIssuer } from "../../src/keys/index.ts";
import { type Environment, environmentOf } from "../support/environment.ts";
import { UNLIMITED } from "../support/limits.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

export type Installation = {
  readonly port: number;
  /** Resolves when it serves. @returns milliseconds that it took */
  start(): Promise<number>;
  /** Resolves when the process is gone. @returns its exit code; null when the signal ended it */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Of the PostgreSQL that runs, or ran last. */
  postmasterPid(): Promise<number>;
  issuer(): Promise<Issuer>;
  /** The owner's, to look at the database with. */
  databaseUrl(): Promise<string>;
  /** What PostgreSQL wrote so far. */
  databaseLog(): Promise<string>;
  /** What the servers printed so far. */
  output(): string;
  remove(): Promise<void>;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
};

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

/** @param more of the environment, beside a directory and a port of its own */
export const createInstallation = async (more: Environment = {}): Promise<Installation> => {
  const directory = await mkdtemp(join(tmpdir(), "parley-crash-"));
  const dataDir = join(directory, "data");
  const port = await freePort();
  const env = {
    ...environmentOf(),
    DATA_DIR: dataDir,
    PORT: String(port),
    RAIL_PORT: "0",
    DEMO: "0",
    LOG_LEVEL: "error",
    ...UNLIMITED,
    ...more,
  };
  let child: ChildProcess | undefined;
  let printed = "";

  const start = async (): Promise<number> => {
    const began = performance.now();
    const started = spawn(process.execPath, [MAIN], { env, stdio: ["ignore", "pipe", "pipe"] });
    child = started;
    started.stderr.on("data", (chunk) => {
      printed += chunk;
    });
    const serving = new Promise<void>((resolve, reject) => {
      createInterface(started.stdout).on("line", (line) => {
        printed += `${line}\n`;
        if (line.startsWith("Parley serves at")) resolve();
      });
      started.once("exit", () => reject(new Error(`the server ended before it served:\n${printed}`)));
    });
    await serving;
    return performance.now() - began;
  };

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child === undefined || !isRunning(child)) return null;
    const exited = once(child, "exit");
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  };

  return {
    port,
    start,
    end,
    async postmasterPid() {
      const file = await readFile(join(dataDir, "postgres", "data", "postmaster.pid"), "utf8");
      return Number(file.split("\n")[0]);
    },
    issuer: () => openIssuer(dataDir),
    async databaseUrl() {
      const urls = await readEmbeddedUrls(join(dataDir, "postgres"));
      if (urls === undefined) throw new Error("there is no database yet");
      return urls.ownerUrl;
    },
    databaseLog: () => readFile(join(dataDir, "postgres", "postgres.log"), "utf8"),
    output: () => printed,
    async remove() {
      await end("SIGKILL");
      // The database ends a little after a killed server: whoever has started it again may stop it.
      const left = await startEmbedded({ directory: join(dataDir, "postgres") });
      await left.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
