/** Our server as a process of its own, so that what it uses is its own. Configured as ever, by the environment. */
import { startApp } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import { serveParent, usageNow } from "./child.ts";

const config = readConfig(process.env);
if (config.database.kind === "embedded") throw new Error("the bench starts the database: DATABASE_URL is missing");
// A bench's own switch: what a page of the market costs that is read.
const fresh = process.env.MARKET_FRESH_MS;
const settings = fresh === undefined ? {} : { marketFreshMs: Number(fresh) };
const app = await startApp(config, { databaseUrl: config.database.url, settings });

await serveParent({ greeting: { address: app.address }, answer: async () => usageNow(), stop: app.stop });
