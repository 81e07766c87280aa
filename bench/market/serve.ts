/** Our server as a process of its own. Says where it listens; ends when its parent lets go of it. */
import { startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";

const config = readConfig(process.env);
if (config.database.kind === "embedded") throw new Error("the bench starts the database: DATABASE_URL is missing");
// A bench's own switch: what a page costs that is read.
const fresh = process.env.MARKET_FRESH_MS;
const settings = fresh === undefined ? {} : { marketFreshMs: Number(fresh) };
const app = await startApp(config, { databaseUrl: config.database.url, settings });
console.log(app.address);
process.stdin.resume();
process.stdin.once("end", () => void app.stop().then(() => process.exit()));
