/**
 * Whoever ends one of the processes that `npm start` brings up ends all of them, in order, and nothing is left running:
 * not the server, not the banks, not PostgreSQL. With real processes, found by their parents.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, afterEach, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { readRunning } from "../../simulators/sample-market/index.ts";
import { openIssuer } from "../../src/keys/index.ts";
import { environmentOf } from "../support/environment.ts";
import { eventually } from "../support/eventually.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RUN = join(ROOT, "scripts", "run.mjs");

type Process = { readonly pid: number; readonly parent: number; readonly line: string };

/** Null: it has ended meanwhile. Of one that nobody has waited for yet nothing but its id is left: it has no line. */
const look = async (pid: number): Promise<Process | null> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const line = (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ").trim();
    return { pid, parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]), line };
  } catch {
    return null;
  }
};

const everybody = async (): Promise<readonly Process[]> => {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  return (await Promise.all(pids.map(look))).filter((process) => process !== null);
};

/** Those that this one has started, and those that they have. */
const treeOf = async (root: number): Promise<readonly Process[]> => {
  const all = await everybody();
  const found = all.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
};

const isLeft = async ({ pid, line }: Process): Promise<boolean> => (await look(pid))?.line === line;

type Started = {
  readonly child: ChildProcess;
  readonly tree: readonly Process[];
  readonly printed: () => string;
  /** Its exit code, once it is gone. */
  readonly closed: Promise<number | null>;
};

/** /proc tells who has started whom. */
const options = process.platform === "linux" ? {} : { skip: "needs /proc" };

describe("of the processes of npm start", options, () => {
  let dataDir: string;
  let started: Started | undefined;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "parley-processes-"));
  });
  after(() => rm(dataDir, { recursive: true, force: true }));
  afterEach(async () => {
    for (const left of started?.tree ?? []) if (await isLeft(left)) process.kill(left.pid, "SIGKILL");
    started = undefined;
  });

  const environment = (more: Readonly<Record<string, string>>) => ({
    ...environmentOf(),
    HOME: process.env.HOME,
    DATA_DIR: dataDir,
    PORT: "0",
    RAIL_PORT: "0",
    LOG_LEVEL: "error",
    ...more,
  });

  const launch = (command: string, args: readonly string[], more: Readonly<Record<string, string>>) => {
    const child = spawn(command, args, { cwd: ROOT, env: environment(more), stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    child.stderr.on("data", (chunk) => {
      printed += chunk;
    });
    const lines = createInterface(child.stdout);
    lines.on("line", (line) => {
      printed += `${line}\n`;
    });
    const closed = once(child, "close").then(([code]) => code as number | null);
    return { child, lines, closed, printed: () => printed };
  };

  /** Resolves when a line begins so. */
  const start = async (
    command: string,
    args: readonly string[],
    until = "Ctrl-C stops it",
    more: Readonly<Record<string, string>> = {},
  ): Promise<Started> => {
    const { child, lines, closed, printed } = launch(command, args, more);
    await new Promise<void>((resolve, reject) => {
      lines.on("line", (line) => {
        if (line.startsWith(until)) resolve();
      });
      child.once("close", (code) => reject(new Error(`it ended with ${code}:\n${printed()}`)));
    });
    started = { child, tree: await treeOf(child.pid ?? 0), printed, closed };
    return started;
  };

  const npmStart = () => start("npm", ["start"]);

  const find = ({ tree }: Started, what: string, fits: (process: Process) => boolean): Process =>
    tree.find(fits) ?? assert.fail(`there is no ${what} among\n${tree.map(({ line }) => line).join("\n")}`);
  const isMain = ({ line }: Process) =>
    /node\S* .*run\.mjs (src\/main|scripts\/start)\.ts/.test(line) && !/^(npm|sh|\/bin\/sh) /.test(line);
  const isBank = ({ line }: Process) => line.includes(" rail bank ");
  const isPostmaster = ({ line }: Process) => line.includes("cluster_name=parley-");
  const isGuard = ({ line }: Process) => line.includes("parley-guard");

  const allEnd = async ({ tree, printed }: Started) => {
    assert.ok(tree.filter(isBank).length === 2 && tree.some(isPostmaster) && tree.some(isMain) && tree.some(isGuard));
    await eventually(
      async () => (await Promise.all(tree.map(isLeft))).every((left) => !left),
      `the end of all; it printed\n${printed()}`,
    );
    assert.equal(await readRunning(dataDir).then((running) => running?.banks.length ?? 0), 0, "in order");
  };

  /** What the last stop left to recover. */
  const recoveries = async () =>
    (await readFile(join(dataDir, "postgres", "postgres.log"), "utf8")).match(/not properly shut down/g)?.length ?? 0;

  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGKILL"] as const) {
    test(`F93: npm that gets ${signal} takes all with it, in order`, async () => {
      const all = await npmStart();
      all.child.kill(signal);
      await allEnd(all);
      assert.match(all.printed(), /SIG[A-Z]+: answering what was taken, then stopping/);
    });
  }

  for (const signal of ["SIGTERM", "SIGHUP", "SIGQUIT"] as const) {
    test(`F93: the server that gets ${signal} takes all with it, in order`, async () => {
      const all = await npmStart();
      process.kill(find(all, "server", isMain).pid, signal);
      await allEnd(all);
    });
  }

  test("F93: a server that is killed leaves no bank and no database behind, and nothing to recover", async () => {
    const all = await start(process.execPath, [RUN, "src/main.ts"]);
    const before = await recoveries();
    find(all, "server", isMain);
    all.child.kill("SIGKILL");
    await eventually(async () => (await Promise.all(all.tree.map(isLeft))).every((left) => !left), "the end of all");
    const again = await start(process.execPath, [RUN, "src/main.ts"]);
    again.child.kill("SIGTERM");
    assert.equal(await again.closed, 0, again.printed());
    assert.equal(await recoveries(), before);
  });

  for (const signal of ["SIGTERM", "SIGINT", "SIGKILL"] as const) {
    test(`F93: a bank that gets ${signal} takes all with it, in order`, async () => {
      const all = await npmStart();
      process.kill(find(all, "bank", isBank).pid, signal);
      await allEnd(all);
      assert.match(all.printed(), /Bank (was told to stop by |has ended \()SIG[A-Z]+\)?: so do we/);
    });
  }

  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
    test(`F93: PostgreSQL that gets ${signal} takes all with it, in order`, async () => {
      const all = await npmStart();
      process.kill(find(all, "postmaster", isPostmaster).pid, signal);
      await allEnd(all);
      assert.match(all.printed(), /PostgreSQL was told to stop: so do we/);
    });
  }

  test("F93: a signal in the middle of the start leaves nothing behind", async () => {
    for (const until of ["PostgreSQL (process", "The demo market has"]) {
      const { child, tree, printed, closed } = await start(process.execPath, [RUN, "src/main.ts"], until);
      child.kill("SIGTERM");
      assert.equal(await closed, 0, printed());
      assert.doesNotMatch(printed(), /Parley serves at/);
      await eventually(async () => (await Promise.all(tree.map(isLeft))).every((left) => !left), "the end of all");
    }
  });

  test("a signal while the cluster is made breaks that off, and leaves no half of one", async () => {
    const fresh = await mkdtemp(join(tmpdir(), "parley-processes-first-"));
    try {
      const [command, ...args] = [process.execPath, RUN, "src/main.ts"];
      const all = await start(command, args, "creating a PostgreSQL cluster", { DATA_DIR: fresh });
      const initdb = await eventually(
        async () => (await treeOf(all.child.pid ?? 0)).find(({ line }) => line.includes("initdb")),
        "initdb",
      );
      all.child.kill("SIGTERM");
      assert.equal(await all.closed, 0, all.printed());
      assert.doesNotMatch(all.printed(), /started on port|Error/);
      assert.equal(await isLeft(initdb), false);
      assert.deepEqual(
        (await readdir(join(fresh, "postgres"))).filter((name) => name.startsWith("data")),
        [],
      );
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });

  test("a guard that is killed is replaced, so that the database still ends with a server that is killed", async () => {
    const all = await start(process.execPath, [RUN, "src/main.ts"]);
    const guard = find(all, "guard", isGuard);
    process.kill(guard.pid, "SIGKILL");
    const other = await eventually(
      async () => (await treeOf(all.child.pid ?? 0)).find((one) => isGuard(one) && one.pid !== guard.pid),
      "another guard",
    );
    all.child.kill("SIGKILL");
    await eventually(
      async () => (await Promise.all([...all.tree, other].map(isLeft))).every((left) => !left),
      "the end of all",
    );
  });

  test("a second signal does not wait for those who keep their connections: all end at once, and nothing is lost", async () => {
    const all = await start(process.execPath, [RUN, "src/main.ts"]);
    const address = /^Parley serves at (\S+)$/m.exec(all.printed())?.[1];
    // A request that never ends: draining waits for it.
    const token = await (await openIssuer(dataDir)).signToken({ sub: "vera", ttlSeconds: 60 });
    const socket = connect(Number(new URL(address ?? "").port), "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    const head = ["POST /api/v1/p2p/orders HTTP/1.1", "host: x", `authorization: Bearer ${token}`];
    socket.write([...head, "content-type: application/json", "content-length: 100", "", "{"].join("\r\n"));
    all.child.kill("SIGTERM");
    await eventually(async () => all.printed().includes("SIGTERM: answering"), "the first signal");
    const repeat = setInterval(() => all.child.kill("SIGINT"), 200);
    const code = await all.closed;
    clearInterval(repeat);
    socket.destroy();
    assert.match(all.printed(), /SIGINT again: stopping at once/);
    assert.equal(code, 130);
    await eventually(async () => (await Promise.all(all.tree.map(isLeft))).every((left) => !left), "the end of all");
  });
});
