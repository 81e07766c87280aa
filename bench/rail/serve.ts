/** Our server as a process of its own. Says where its rail listens; ends when its parent lets go of it. */
import { startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";

const config = readConfig(process.env);
if (config.database.kind === "embedded") throw new Error("the bench starts the database: DATABASE_URL is missing");
const app = await startApp(config, { databaseUrl: config.database.url });
console.log(app.railAddress);
process.stdin.resume();
process.stdin.once("end", () => void app.stop().then(() => process.exit()));
