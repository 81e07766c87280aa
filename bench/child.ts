/** The two ends of a child process of a bench: it says when it is ready, answers what it used, and stops when told. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** What a process used so far. */
export type Usage = { readonly cpuMs: number; readonly peakMiB: number };

/** Linux counts a parent's pages into a child's `maxRSS`; its own high-water mark stands in `/proc`. */
const peakKiB = (): number => {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
  } catch {
    return process.resourceUsage().maxRSS;
  }
};

export const usageNow = (): Usage => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return { cpuMs: (userCPUTime + systemCPUTime) / 1_000, peakMiB: peakKiB() / 1_024 };
};

export type Child<Request, Reply> = {
  readonly ask: (request: Request) => Promise<Reply>;
  readonly stop: () => Promise<void>;
};

export type ChildOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
};

type Message = { readonly reply: unknown } | { readonly fault: string };

const nextMessage = (child: ChildProcess, file: URL): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const finish = () => {
      child.off("message", onMessage);
      child.off("exit", onExit);
    };
    const onMessage = (message: unknown) => {
      finish();
      const said = message as Message;
      if ("fault" in said) reject(new Error(`${file.pathname.split("/").at(-1)}: ${said.fault}`));
      else resolve(said.reply);
    };
    const onExit = (code: number | null, signal: string | null) => {
      finish();
      reject(new Error(`${file.pathname.split("/").at(-1)} ended with ${code ?? signal}`));
    };
    child.on("message", onMessage);
    child.on("exit", onExit);
  });

/** Starts a file as a child; resolves with its greeting once it is ready. One question at a time. */
export const startChild = async <Greeting, Request, Reply>(
  file: URL,
  { env = {}, execArgv = [] }: ChildOptions = {},
): Promise<{ readonly greeting: Greeting; readonly child: Child<Request, Reply> }> => {
  const child = fork(file, { env: { ...process.env, ...env }, execArgv: [...execArgv], serialization: "advanced" });
  const greeting = (await nextMessage(child, file)) as Greeting;
  const ask = (request: Request): Promise<Reply> => {
    const answer = nextMessage(child, file) as Promise<Reply>;
    child.send(request as object);
    return answer;
  };
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.disconnect();
    await ended;
  };
  return { greeting, child: { ask, stop } };
};

/** The child's end. It stops when its parent lets go of it, however the parent ended. */
export const serveParent = async <Request, Reply>(child: {
  readonly greeting: unknown;
  readonly answer: (request: Request) => Promise<Reply>;
  readonly stop: () => Promise<void>;
}): Promise<void> => {
  const say = (message: Message) => process.send?.(message);
  // Ctrl-C reaches the whole group; the parent decides when each of its children ends.
  process.on("SIGINT", () => {});
  process.on("message", (request) => {
    child.answer(request as Request).then(
      (reply) => say({ reply }),
      (error: unknown) => say({ fault: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
  });
  process.once("disconnect", () => {
    void child.stop().finally(() => process.exit());
  });
  say({ reply: child.greeting });
};
