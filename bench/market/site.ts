/** A PostgreSQL server with fsync on, our schema, and processes that serve on it. Everything is removed at the end. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { migrate, startEmbedded } from "../../src/database/index.ts";
import { type Issuer, openIssuer } from "../../src/keys/index.ts";
import { ALL_GRANTS } from "../../src/open-database.ts";
import { familyCpuMs } from "../trade/processor.ts";

export type Served = {
  readonly address: string;
  /** Of its memory now, in MiB. */
  resident(): Promise<number>;
  /** Of its processor time so far, user and system. */
  cpuSeconds(): Promise<number>;
  stop(): Promise<void>;
};

export type Site = {
  readonly superuserUrl: string;
  readonly dataDir: string;
  /** Whose tokens the server takes. */
  readonly issuer: Issuer;
  /** Starts a file that prints where it listens. */
  serve(file: URL, env?: Readonly<Record<string, string>>): Promise<Served>;
  /** Processor time of the database so far, all of its processes, in milliseconds. */
  postgresMs(): Promise<number>;
  close(): Promise<void>;
};

/** Linux counts processor time in these, whatever the machine. */
const TICKS_PER_SECOND = 100;
/** Of what a server logs. */
const MAX_LINE = 600;

/** Our server as it is configured by the environment. */
export const SERVER = new URL("./serve.ts", import.meta.url);

export const openSite = async (): Promise<Site> => {
  const directory = await mkdtemp(join(tmpdir(), "parley-bench-"));
  // PostgreSQL may run as another user than we do.
  await chmod(directory, 0o711);
  const embedded = await startEmbedded({
    directory: join(directory, "postgres"),
    settings: { max_connections: "200" },
  });
  const { ownerUrl, servingUrl } = embedded;
  const superuser = new URL(embedded.superuserUrl);
  superuser.pathname = new URL(ownerUrl).pathname;
  const superuserUrl = superuser.href;
  const servingRole = decodeURIComponent(new URL(servingUrl).username);
  await migrate({ connectionString: ownerUrl, servingRole, grants: ALL_GRANTS });
  const dataDir = join(directory, "data");
  const issuer = await openIssuer(dataDir);
  const started = new Set<ChildProcess>();

  const serve = async (file: URL, env: Readonly<Record<string, string>> = {}): Promise<Served> => {
    const child = spawn(process.execPath, [fileURLToPath(file)], {
      stdio: ["pipe", "pipe", "inherit"],
      env: {
        ...process.env,
        DATABASE_URL: servingUrl,
        DATA_DIR: dataDir,
        PORT: "0",
        RAIL_PORT: "0",
        DEMO: "0",
        LOG_LEVEL: "warn",
        // Nobody is to be limited here.
        WRITES_PER_10_SECONDS: "1000000",
        READS_PER_10_SECONDS: "1000000",
        ANONYMOUS_READS_PER_10_SECONDS: "1000000",
        ...env,
      },
    });
    started.add(child);
    const lines = createInterface(child.stdout);
    const [address] = (await once(lines, "line")) as [string];
    lines.on("line", (line) => console.error(line.slice(0, MAX_LINE)));
    return {
      address,
      async resident() {
        const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
        return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
      },
      async cpuSeconds() {
        const stat = await readFile(`/proc/${child.pid}/stat`, "utf8").catch(() => "");
        const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14).map(Number);
        return ((user ?? Number.NaN) + (system ?? Number.NaN)) / TICKS_PER_SECOND;
      },
      async stop() {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, "exit");
        child.stdin.end();
        await ended;
        started.delete(child);
      },
    };
  };

  const asked = new pg.Client({ connectionString: superuserUrl });
  await asked.connect();
  const { rows } = await asked.query<{ pid: string }>(
    "select split_part(pg_read_file('postmaster.pid'), chr(10), 1) as pid",
  );
  await asked.end();
  const postmaster = Number(rows[0]?.pid);

  return {
    superuserUrl,
    dataDir,
    issuer,
    serve,
    postgresMs: () => familyCpuMs(postmaster),
    async close() {
      for (const child of started) child.kill("SIGKILL");
      await embedded.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
