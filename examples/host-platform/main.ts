/**
 * `npm run demo:host`: the toy host, and a Parley of its own beside it that knows this host's people. Prints where to look;
 * Ctrl-C stops both.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { startHost } from "./server.ts";

const HOST_PORT = 8_090;
const PARLEY_PORT = 8_091;
const PARLEY = `http://127.0.0.1:${PARLEY_PORT}`;
const DATA_DIR = "./data/host-platform";
const LOOK_EVERY_MS = 250;

const host = await startHost({ port: HOST_PORT, parley: () => PARLEY });
const parley = spawn(process.execPath, ["scripts/run.mjs", "scripts/start.ts"], {
  env: { ...process.env, ...host.settings, DATA_DIR, PORT: `${PARLEY_PORT}`, RAIL_PORT: "0", DEMO: "0" },
  stdio: ["ignore", "inherit", "inherit"],
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => parley.kill(signal));
const ended = once(parley, "exit");

const isReady = () =>
  fetch(`${PARLEY}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
while (parley.exitCode === null && !(await isReady())) await Promise.race([sleep(LOOK_EVERY_MS), ended]);
if (parley.exitCode === null) {
  await host.openShop();
  console.log(`\nLilac Games, with the exchange in its page: ${host.origin}`);
}
const [code] = await ended;
await host.stop();
process.exitCode = typeof code === "number" ? code : 0;
