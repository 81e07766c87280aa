/** `npm start`: the web app, built where that is needed, by a process of its own whose memory goes with it; then the server. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const { status, signal } = spawnSync(process.execPath, [join(import.meta.dirname, "web.ts")], { stdio: "inherit" });
if (signal !== null) process.kill(process.pid, signal);
else if (status !== 0) process.exitCode = status ?? 1;
else await import("../src/main.ts");
