/**
 * Owns that no server outlives its owner. PostgreSQL runs in a session of its own and would go on after a process that
 * was killed; a guard, which is a shell and nothing else, waits at the end of a pipe that the kernel closes with its
 * owner, however that ends, and then tells the server to stop. The guard hears no signal; should it be killed, another
 * one is started.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ignoring } from "./errors.ts";
import { commandLine } from "./postmaster.ts";

export type Guard = {
  /** The server was stopped by its owner: there is nothing left to guard. */
  dismiss(): Promise<void>;
};

export type GuardOptions = { readonly directory: string; readonly data: string; readonly clusterName: string };

const NAME = "parley-guard";
const DISMISSED = "dismissed";
/** A server that was just being started has written its id by then. */
const LOOKS = 10;
const POLL_MS = 20;

/**
 * $1: the data directory, $2: the cluster's name. A process id in a file proves nothing: the command line has to carry
 * the name. A fast shutdown, so that nothing is lost and the next start has nothing to recover.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT
read -r word
[ "$word" = ${DISMISSED} ] && exit 0
looks=0
while [ $looks -lt ${LOOKS} ]; do
  pid=
  read -r pid < "$1/postmaster.pid"
  case "$pid" in ''|*[!0-9]*) ;; *)
    if [ -r "/proc/$pid/cmdline" ]; then line=$(tr '\\0' ' ' < "/proc/$pid/cmdline"); else line=$(ps -o args= -p "$pid"); fi
    case "$line" in *"cluster_name=$2"*) kill -INT "$pid"; exit 0 ;; esac ;;
  esac
  looks=$((looks + 1))
  sleep 1
done
`;

const fileIn = (directory: string): string => join(directory, "guard.pid");

const launch = async ({ directory, data, clusterName }: GuardOptions): Promise<ChildProcess> => {
  const child = spawn("/bin/sh", ["-c", SCRIPT, NAME, data, clusterName], {
    cwd: "/",
    env: { PATH: process.env.PATH },
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  child.unref();
  // It ended before it was dismissed; its exit says so too.
  child.stdin?.on("error", () => {});
  if (child.stdin !== null && "unref" in child.stdin) (child.stdin as unknown as { unref(): void }).unref();
  await writeFile(fileIn(directory), `${child.pid}\n`, { mode: 0o600 });
  return child;
};

/**
 * Resolves when the guard of a killed owner has done what it is there for: whoever took its server over before would lose
 * it. A copied directory names the original's guard, which guards another one.
 */
export const formerGuardIsGone = async ({ directory, data }: Omit<GuardOptions, "clusterName">): Promise<void> => {
  const pid = Number(await readFile(fileIn(directory), "utf8").catch(ignoring("ENOENT")));
  if (!(pid > 0)) return;
  const guards = async (): Promise<boolean> => {
    const line = await commandLine(pid);
    return line.includes(NAME) && line.includes(data);
  };
  while (await guards()) await sleep(POLL_MS);
};

export const startGuard = async (options: GuardOptions): Promise<Guard> => {
  let dismissed = false;
  let child: ChildProcess;
  const watch = async (): Promise<void> => {
    child = await launch(options);
    child.once("exit", () => {
      if (!dismissed) watch().catch(() => {});
    });
  };
  await watch();
  return {
    async dismiss() {
      dismissed = true;
      const gone = new Promise<void>((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) resolve();
        child.once("exit", () => resolve());
      });
      child.ref();
      child.stdin?.end(`${DISMISSED}\n`);
      await gone;
      await rm(fileIn(options.directory), { force: true });
    },
  };
};
