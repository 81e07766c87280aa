/**
 * pgbench, PostgreSQL's own load generator: the same steps, one transaction each, prepared, without HTTP and without
 * rules. It writes the same rows.
 */
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { FOLDED } from "../reference/folded.ts";
import { PLANNER_OPTIONS, TELL_BY_SEQUENCE, type Transition } from "../reference/statements.ts";
import type { Measured } from "./leg.ts";
import { FIRST, METHOD, TRADE_AMOUNT } from "./market.ts";
import { endedCpuMs } from "./processor.ts";
import type { Site } from "./stage.ts";

const DEBIAN = "/usr/lib/postgresql";
const THREADS = 2;
/** Each of its connections prepares each statement first. */
const LEAST_WARMUP_MS = 2_000;
/** A key of eighteen digits, like the generator's. */
const KEYS = "random(100000000000000000, 999999999999999999)";
const FINGERPRINT = "x".repeat(43);

export const HOW_TO_INSTALL =
  "pgbench is not installed: apt install postgresql-15 (Debian) brings it; its column stays empty.";

/** On the path, or where Debian keeps it. */
export const findPgbench = async (): Promise<string | null> => {
  const versions = await readdir(DEBIAN).catch(() => []);
  const installed = versions
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => `${DEBIAN}/${version}/bin/pgbench`);
  for (const program of ["pgbench", ...installed]) {
    const found = await promisify(execFile)(program, ["--version"]).then(
      () => true,
      () => false,
    );
    if (found) return program;
  }
  return null;
};

const transactionOf = (
  transition: Transition,
  caller: string,
  kept: Readonly<Record<string, string>>,
): readonly string[] => [
  `\\set caller :${caller}`,
  `\\set key ${KEYS}`,
  "begin;",
  ...Object.entries(transition).flatMap(([name, { text }]) =>
    kept[name] === undefined ? [`${text};`] : [`${text}\n\\gset o_`, `\\set order_id :${kept[name]}`],
  ),
  "commit;",
];

/** A script is one trade: three transactions. */
const scriptOf = (makers: number, hot: boolean, counter: boolean): string => {
  const { create, paid, received } = FOLDED;
  const steps = counter
    ? FOLDED
    : {
        create: { ...create, tellEvents: TELL_BY_SEQUENCE.create },
        paid: { ...paid, tellEvents: TELL_BY_SEQUENCE.paid },
        received: { ...received, tellEvents: TELL_BY_SEQUENCE.received },
      };
  return [
    `\\set buyer ${FIRST.taker} + :client_id`,
    "\\set n :n + 1",
    hot ? "\\set maker 0" : `\\set maker (:client_id + :n) % ${makers}`,
    `\\set seller ${FIRST.maker} + :maker`,
    "\\set ad_id :first_ad + :maker",
    ...transactionOf(steps.create, "buyer", { create: "o_order_id" }),
    ...transactionOf(steps.paid, "buyer", {}),
    ...transactionOf(steps.received, "seller", {}),
    "",
  ].join("\n");
};

/** Answers as our server stored them, so that the rows have the same size. */
const storedAnswers = async (site: Site): Promise<readonly string[]> => {
  const client = new pg.Client({ connectionString: site.superuserUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{
      answer: string;
    }>(`select distinct on (answer::json #>> '{outcome,status}') answer
      from exchange.claims where answer::json #>> '{outcome,status}' in ('pending', 'paid_by_buyer', 'completed')
      order by answer::json #>> '{outcome,status}'`);
    return rows.map(({ answer }) => answer);
  } finally {
    await client.end();
  }
};

const definitions = async (site: Site): Promise<Readonly<Record<string, string>>> => {
  const [completed, paid, pending] = await storedAnswers(site);
  if (completed === undefined || paid === undefined || pending === undefined) {
    throw new Error("pgbench needs answers that were stored before: a leg over HTTP comes first");
  }
  return {
    n: "0",
    first_ad: String(site.market.makers[0]?.adId),
    amount: String(TRADE_AMOUNT),
    method: METHOD,
    pay_minutes: "15",
    release_minutes: "60",
    multiplier: "0",
    fingerprint: FINGERPRINT,
    create_answer: pending,
    paid_answer: paid,
    received_answer: completed,
  };
};

const execute = (program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`pgbench ended with ${code}:\n${output}`))));
  });

type Line = { readonly ended: number; readonly took: number };

/** `client transaction latency_us script epoch_s epoch_us` */
const readLog = async (directory: string): Promise<readonly Line[]> => {
  const files = (await readdir(directory)).filter((name) => name.startsWith("log."));
  const texts = await Promise.all(files.map((name) => readFile(join(directory, name), "utf8")));
  return texts.flatMap((text) =>
    text
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [, , took = 0, , seconds = 0, microseconds = 0] = line.split(" ").map(Number);
        return { ended: seconds * 1_000 + microseconds / 1_000, took: took / 1_000 };
      }),
  );
};

export type PgbenchLeg = {
  readonly program: string;
  readonly site: Site;
  readonly clients: number;
  readonly warmupMs: number;
  readonly measureMs: number;
  readonly hot: boolean;
  /** Whether positions come from the feed's counter row, which is held until the commit, or from a sequence. */
  readonly counter: boolean;
};

/** The last trade began when time was up: what ended in the measured time before that counts. */
const measuredFrom = (lines: readonly Line[], measureMs: number, generatorMs: number): Measured => {
  const until = lines.reduce((latest, { ended, took }) => Math.max(latest, ended - took), 0);
  const counted = lines.filter(({ ended }) => ended >= until - measureMs && ended < until);
  return {
    allTrades: lines.length,
    trades: counted.map(({ took }) => took),
    steps: { create: [], "confirm-paid": [], "confirm-received": [] },
    perSecond: [],
    seconds: measureMs / 1_000,
    retries: 0,
    generatorCpu: Number.NaN,
    generatorMs,
  };
};

export const runPgbench = async ({
  program,
  site,
  clients,
  warmupMs,
  measureMs,
  hot,
  counter,
}: PgbenchLeg): Promise<Measured> => {
  const directory = await mkdtemp(join(tmpdir(), "parley-pgbench-"));
  try {
    const script = join(directory, "trade.sql");
    await writeFile(script, scriptOf(site.market.makers.length, hot, counter));
    const { hostname, port, username, password, pathname } = new URL(site.servingUrl);
    const variables = Object.entries(await definitions(site)).flatMap(([name, value]) => ["-D", `${name}=${value}`]);
    const seconds = Math.ceil((Math.max(warmupMs, LEAST_WARMUP_MS) + measureMs) / 1_000);
    const log = ["--log", "--log-prefix", join(directory, "log")];
    const load = [
      "-n",
      "-M",
      "prepared",
      "-f",
      script,
      "-c",
      String(clients),
      "-j",
      String(THREADS),
      "-T",
      String(seconds),
    ];
    const args = [...load, ...log, ...variables, "-h", hostname, "-p", port, "-U", username, pathname.slice(1)];
    const before = await endedCpuMs();
    await execute(program, args, {
      ...process.env,
      PGPASSWORD: decodeURIComponent(password),
      PGOPTIONS: PLANNER_OPTIONS,
    });
    return measuredFrom(await readLog(directory), measureMs, (await endedCpuMs()) - before);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};
