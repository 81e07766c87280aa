/**
 * Owns how PostgreSQL's programs are called: as the right user, inside the data directory, with nothing of our
 * environment but the path.
 */
import { type SpawnOptions, spawn } from "node:child_process";
import { FailedError } from "../../kernel/index.ts";
import type { Account } from "./account.ts";
import { reasonIn } from "./errors.ts";

/**
 * The data directory for a program that was started in it. On Linux by this name, because the working directory is
 * entered before root's rights are given up, and the name leads back to it without walking through its parents: they
 * may be root's alone.
 */
export const dataArgument = (data: string): string => (process.platform === "linux" ? "/proc/self/cwd" : data);

/** LC_ALL: the messages that we look for must be English. */
export const spawnOptions = (data: string, account: Account): SpawnOptions => ({
  cwd: data,
  env: { PATH: process.env.PATH, LC_ALL: "C" },
  ...account,
});

export type Program = {
  readonly command: string;
  readonly args: readonly string[];
  readonly data: string;
  readonly account: Account;
  readonly input?: string;
  /** Ends it before its time. */
  readonly signal?: AbortSignal | undefined;
};

/** Runs it to its end; rejects with what it printed. */
export const runProgram = ({ command, args, data, account, input = "", signal: ending }: Program): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...spawnOptions(data, account), stdio: "pipe", signal: ending });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    // It may end before it has read everything; why, its output says.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
    // One that was broken off is waited for: its files are removed next.
    child.on(
      "error",
      (error) =>
        ending?.aborted === true ||
        reject(new FailedError(`Cannot run ${command}: ${error.message}`, { cause: error })),
    );
    child.on("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new FailedError(`${command} ended with ${code ?? signal}: ${reasonIn(output)}`));
    });
  });
