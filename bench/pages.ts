/**
 * What a browser makes of the pages: Lighthouse on the market and the order room of the demo, on a phone and at a desk,
 * served by the program as people run it. Medians, because one run says little on a machine that does other things.
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import lighthouse, { desktopConfig } from "lighthouse";
import { chromium } from "playwright-core";
import { CHROMIUM_ARGS, ensureChromium } from "../scripts/chromium.ts";
import { startProgram } from "../test/support/program.ts";
import { blockedByProcessor } from "./blocked.ts";
import { median, table } from "./trade/figures.ts";

const SCORES = ["performance", "accessibility", "best-practices"] as const;
const FIGURES = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time"] as const;
const HEADINGS = [
  "Page",
  "Size",
  "Performance",
  "Accessibility",
  "Best practices",
  "First paint",
  "Largest",
  "Blocked",
  "Blocked, processor",
];
/** A page with an open stream is never quiet; its figures are of the time before. */
const LONGEST_LOAD_MS = 15_000;
/** What each score is to reach, of 100. */
const AIM = 95;
const SIZES = {
  // Lighthouse's own phone is four times as slow as the machine it runs on.
  phone: { config: undefined, slowdown: 4 },
  desk: { config: desktopConfig, slowdown: 1 },
} as const;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/** Vera comes in by the demo's door. @returns her cookie */
const comeIn = async (address: string): Promise<string> => {
  const reply = await fetch(`${address}/api/v1/identity/demo`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: address, "parley-client": "bench" },
    body: '{"person":"vera"}',
  });
  if (!reply.ok) throw new Error(`the demo let nobody in: ${reply.status} ${await reply.text()}`);
  return reply.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
};

/** Vera buys from Anna. @returns the number of the order */
const order = async (address: string, cookie: string): Promise<number> => {
  const headers = { "content-type": "application/json", origin: address, "parley-client": "bench", cookie };
  const ads = await (await fetch(`${address}/api/v1/p2p/ads?type=sell`, { headers })).json();
  const ad = (
    ads as { readonly items: readonly { readonly id: number; readonly maker: { readonly id: string } }[] }
  ).items.find(({ maker }) => maker.id === "anna");
  const reply = await fetch(`${address}/api/v1/p2p/orders`, {
    method: "POST",
    headers,
    body: JSON.stringify({ ad_id: ad?.id, usdt_amount: 500_000, payment_method: "card" }),
  });
  if (reply.status !== 201) throw new Error(`no order: ${reply.status} ${await reply.text()}`);
  return ((await reply.json()) as { readonly id: number }).id;
};

/** Of each column. */
const mediansOf = (rows: readonly (readonly number[])[]): readonly number[] =>
  (rows[0] ?? []).map((_, column) => median(rows.map((row) => row[column] ?? 0)));

type Looked = { readonly scores: readonly number[]; readonly figures: readonly number[] };

const look = async (url: string, cookie: string | null, size: keyof typeof SIZES, port: number): Promise<Looked> => {
  const { config, slowdown } = SIZES[size];
  const found = await lighthouse(
    url,
    {
      port,
      logLevel: "error",
      output: "json",
      onlyCategories: [...SCORES],
      maxWaitForLoad: LONGEST_LOAD_MS,
      ...(cookie !== null && { extraHeaders: { cookie } }),
    },
    config,
  );
  if (found === undefined) throw new Error(`Lighthouse found nothing at ${url}`);
  const { categories, audits, runtimeError } = found.lhr;
  if (runtimeError) throw new Error(`Lighthouse could not look at ${url}: ${runtimeError.message}`);
  return {
    scores: SCORES.map((name) => Math.round((categories[name]?.score ?? 0) * 100)),
    figures: [
      ...FIGURES.map((name) => Math.round(audits[name]?.numericValue ?? 0)),
      Math.round(blockedByProcessor(found.artifacts.Trace.traceEvents, slowdown)),
    ],
  };
};

export const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: "string", default: "3" } } });
  const rounds = Number(values.rounds);
  const executablePath = ensureChromium();
  execFileSync(process.execPath, ["scripts/web.ts"], { stdio: "inherit" });
  const dataDir = await mkdtemp(join(tmpdir(), "parley-pages-"));
  const program = await startProgram({ DATA_DIR: dataDir, DEMO: "1" });
  try {
    const cookie = await comeIn(program.address);
    const id = await order(program.address, cookie);
    const pages = [
      { name: "market", path: "/market", cookie: null },
      { name: "order room", path: `/orders/${id}`, cookie },
    ];
    const rows: string[][] = [];
    for (const { name, path, cookie: own } of pages) {
      for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
        const looked: Looked[] = [];
        for (let round = 0; round < rounds; round++) {
          const port = await freePort();
          const browser = await chromium.launch({
            executablePath,
            args: [...CHROMIUM_ARGS, `--remote-debugging-port=${port}`],
          });
          looked.push(await look(`${program.address}${path}`, own, size, port));
          await browser.close();
        }
        const scores = mediansOf(looked.map((each) => each.scores));
        const figures = mediansOf(looked.map((each) => each.figures));
        rows.push([
          name,
          size,
          ...scores.map((score) => (score < AIM ? `**${score}**` : String(score))),
          ...figures.map((ms) => `${ms} ms`),
        ]);
        console.log(rows.at(-1)?.join("  "));
      }
    }
    console.log(table([HEADINGS, ...rows]));
    console.log(`Medians of ${rounds}; below the aim of ${AIM} in bold.`);
  } finally {
    await program.end("SIGTERM");
    await rm(dataDir, { recursive: true, force: true });
  }
};
