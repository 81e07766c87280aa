/** A real PgBouncer before a test's database, with the settings that we ship but for where things are. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DebianProgram, ensureProgram } from "../../scripts/debian.ts";
import { query, type TestDatabase } from "./cluster.ts";
import { eventually } from "./eventually.ts";

const PGBOUNCER: DebianProgram = {
  name: "PgBouncer",
  package: "pgbouncer",
  usual: ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"],
  variable: "PGBOUNCER",
  user: "The tests behind a pooler need",
};

/** Whom root becomes: it refuses to run as root. */
const NOBODY = 65_534;

export type Pooler = {
  /** What a URL of the database becomes when it leads through here. */
  through(url: string): string;
  stop(): Promise<void>;
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  server.close();
  await once(server, "close");
  return port;
};

/** A setting of the file as it is shipped gets another value. */
const changed = (ini: string, name: string, value: string | number): string => {
  const line = new RegExp(`^${name} =.*$`, "m");
  if (!line.test(ini)) throw new Error(`deploy/pgbouncer.ini has no ${name}`);
  return ini.replace(line, `${name} = ${value}`);
};

/** @param sessions few, so that whatever a transaction leaves behind meets the next one */
export const startPgbouncer = async (
  database: TestDatabase,
  { mode = "transaction", sessions = 3 } = {},
): Promise<Pooler> => {
  const { hostname, port, username, password } = new URL(database.servingUrl);
  const owner = new URL(database.ownerUrl);
  const directory = await mkdtemp(join(tmpdir(), "parley-pgbouncer-"));
  await chmod(directory, 0o755);
  const listening = await freePort();
  const users = join(directory, "userlist.txt");
  await writeFile(users, `"${username}" "${password}"\n"${owner.username}" "${owner.password}"\n`);
  const settings = {
    parley: `host=${hostname} port=${port} dbname=${database.name}`,
    listen_port: listening,
    auth_file: users,
    pool_mode: mode,
    default_pool_size: sessions,
  };
  const shipped = await readFile("deploy/pgbouncer.ini", "utf8");
  const file = join(directory, "pgbouncer.ini");
  await writeFile(
    file,
    Object.entries(settings).reduce((ini, [name, value]) => changed(ini, name, value), shipped),
  );
  const isRoot = process.getuid?.() === 0;
  const child = spawn(ensureProgram(PGBOUNCER), [file], {
    stdio: ["ignore", "ignore", "pipe"],
    ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}),
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const through = (url: string): string =>
    Object.assign(new URL(url), { hostname: "127.0.0.1", port: String(listening), pathname: "/parley" }).href;
  await ready(child, through(database.servingUrl), () => said);
  return {
    through,
    async stop() {
      const gone = once(child, "close");
      child.kill("SIGTERM");
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
};

const ready = (child: ChildProcess, url: string, said: () => string): Promise<unknown> =>
  eventually(async () => {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended:\n${said()}`);
    return query(url, "select 1").then(
      () => true,
      () => false,
    );
  }, "PgBouncer answers");
