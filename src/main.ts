/** `npm start`: the whole thing. Prints what to open and how to act as a demo trader; Ctrl-C stops everything. */
import { mkdir } from "node:fs/promises";
import { type App, openDatabase, startApp } from "./app.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { fillDemoMarket } from "./demo/index.ts";

const say = (line = "") => console.log(line);

const serve = async (config: Config): Promise<() => Promise<void>> => {
  await mkdir(config.dataDir, { recursive: true });
  const database = await openDatabase(config, say);
  try {
    const app = await startApp(config, { databaseUrl: database.servingUrl });
    if (config.demo) await fillDemoMarket(app.exchange, say);
    greet(config, app);
    return async () => {
      await app.stop();
      await database.stop();
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
};

const greet = ({ demo }: Config, { address }: App) => {
  say();
  say(`Parley serves at ${address}`);
  say(`  market     ${address}/api/v1/p2p/ads?type=sell`);
  say(`  API docs   ${address}/docs`);
  say(`  OpenAPI    ${address}/openapi.json`);
  say(`  health     ${address}/health/ready`);
  if (demo) {
    say();
    say("This is a demo market with made-up people and money. Act as one of them:");
    say("  TOKEN=$(npx parley token --user vera)");
    say(`  curl -H "Authorization: Bearer $TOKEN" ${address}/api/v1/wallet`);
    say("  OPERATOR=$(npx parley token --user olga --role operator)     one dispute waits for her");
    say("  npm run demo:trade     plays a deposit and a withdrawal, step by step");
  }
  say();
  say("Ctrl-C stops it; the data stays.");
};

const stopOnSignals = (stop: () => Promise<void>) => {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    say(`\n${signal}: answering what was taken, then stopping.`);
    stop().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
};

try {
  stopOnSignals(await serve(readConfig(process.env)));
} catch (error) {
  console.error(error instanceof ConfigError ? error.message : error);
  process.exit(1);
}
