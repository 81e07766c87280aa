/** `npm start`: the whole thing. Prints what to open and how to act as a demo trader; Ctrl-C stops everything. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { NUMBERS, numberOf } from "../simulators/bank/index.ts";
import {
  DEMO_LOGINS,
  DEMO_TRADERS,
  type DemoBanks,
  fillDemoMarket,
  startDemoBanks,
  startDemoTraders,
} from "../simulators/sample-market/index.ts";
import { type App, startApp } from "./app.ts";
import { type Config, readConfig } from "./config.ts";
import { misspellings } from "./config-names.ts";
import { createLifetime, type Lifetime } from "./lifetime.ts";
import { openDatabase, prepareDatabase } from "./open-database.ts";
import { demandPorts } from "./ports.ts";
import { sentenceOf } from "./trouble.ts";

/** What `npm start` has built by now. */
const WEB_DIRECTORY = join(import.meta.dirname, "..", "web", "dist");

const say = (line = "") => console.log(line);

const serve = async (config: Config, lifetime: Lifetime): Promise<void> => {
  await demandPorts(config);
  await mkdir(config.dataDir, { recursive: true });
  const onTold = () => lifetime.end("PostgreSQL was told to stop: so do we.", 1);
  const database = await lifetime.open(
    () => openDatabase(config, { log: say, signal: lifetime.ending, onTold }),
    ({ stop }) => stop(),
  );
  const { servingUrl, ownerUrl } = database;
  await lifetime.open(
    () => prepareDatabase(config, database),
    async () => {},
  );
  let banks: DemoBanks | null = null;
  const app = await lifetime.open(
    () =>
      startApp(config, {
        databaseUrl: servingUrl,
        ownerUrl,
        webDirectory: WEB_DIRECTORY,
        demoPeople: DEMO_LOGINS,
        demoTraders: DEMO_TRADERS.map(({ id }) => id),
      }),
    async ({ stop }) => {
      await stop();
      // After the rail, so that what it has begun to send finds somebody.
      await banks?.stop();
    },
  );
  await lifetime.open(
    async () => {
      banks = config.demo ? await fillDemo(config, app, lifetime) : null;
    },
    async () => {},
  );
  if (config.demo) {
    const { issuer, server } = app;
    await lifetime.open(
      async () => startDemoTraders({ baseUrl: server.listeningOrigin, issuer, say: (line) => say(`  ${line}`) }),
      (traders) => traders.stop(),
    );
  }
  greet(app, banks);
};

/** Of the banks' start alone. */
const TOKEN_SECONDS = 600;

const fillDemo = async ({ dataDir }: Config, app: App, lifetime: Lifetime): Promise<DemoBanks> => {
  const token = await app.issuer.signToken({ sub: "demo", roles: ["operator"], ttlSeconds: TOKEN_SECONDS });
  const { server, railServer, railAddress } = app;
  const listening = { operators: server.listeningOrigin, rail: railServer.listeningOrigin, audience: railAddress };
  const [banks] = await Promise.all([
    startDemoBanks({ ...listening, dataDir, token, log: say, onEnd: (why) => lifetime.end(why, 1) }),
    fillDemoMarket(app.exchange, say),
  ]);
  return banks;
};

const greet = ({ address, railAddress, metricsAddress, hasWebApp }: App, banks: DemoBanks | null) => {
  say();
  say(`Parley serves at ${address}`);
  say(hasWebApp ? "  open it in a browser" : "  the API alone: the web app was not built");
  say(`  market     ${address}/api/v1/p2p/ads?type=sell`);
  say(`  API docs   ${address}/docs`);
  say(`  OpenAPI    ${address}/openapi.json`);
  say(`  health     ${address}/health/ready`);
  if (metricsAddress !== null) say(`  metrics    ${metricsAddress}/metrics`);
  say(`The rail between banks at ${railAddress}`);
  say(`  API docs   ${railAddress}/docs`);
  if (banks !== null) {
    say();
    say("This is a demo market with made-up people and money. Act as one of them:");
    say("  TOKEN=$(npx parley token --user vera)");
    say(`  curl -H "Authorization: Bearer $TOKEN" ${address}/api/v1/wallet`);
    say("  OPERATOR=$(npx parley token --user olga --role operator)     one dispute waits for her");
    say("  npm run demo:trade     plays a deposit and a withdrawal, step by step");
    say(
      `${DEMO_TRADERS.map(({ name }) => name).join(" and ")} answer by themselves, within seconds; whoever else you trade`,
    );
    say("with is another window, or another of these tokens.");
    greetBanks(banks);
  }
  say();
  say("Ctrl-C stops it; the data stays.");
};

const greetBanks = ({ banks }: DemoBanks) => {
  say();
  say("Two made-up banks are on the rail; what each has seen:");
  for (const { title, controlAddress } of banks) say(`  ${title.padEnd(15)} ${controlAddress}/demo/events`);
  say("Phones that always behave in one way; the five zeros may be any digits:");
  for (const { ending, description } of NUMBERS) say(`  ${numberOf(ending)}   ${description}`);
  say("Order as one of the banks, or have it all played:");
  say(`  curl -H 'content-type: application/json' ${banks[0]?.controlAddress}/demo/orders \\`);
  say(`    -d '{"phone": "${numberOf("02")}", "amount": 1500.75}'`);
  say("  npm run demo:rail      plays aliases, searches, payments and links, step by step");
};

const report = (error: unknown) => console.error(sentenceOf(error) ?? error);

const lifetime = createLifetime({ say, onFailure: report });
for (const line of misspellings(process.env)) console.error(line);
try {
  await serve(readConfig(process.env), lifetime);
} catch (error) {
  report(error);
  lifetime.end(null, 1);
}
