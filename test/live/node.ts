/** A node of its own process, which a test may stop or kill. Says where it listens. */
import { startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";

const config = readConfig(process.env);
if (config.database.kind === "embedded") throw new Error("DATABASE_URL is missing");
const app = await startApp(config, { databaseUrl: config.database.url });
console.log(app.address);
process.once("SIGTERM", () => void app.stop().then(() => process.exit()));
// It ends with whoever started it, however that ends.
process.stdin.resume();
process.stdin.once("end", () => process.exit());
