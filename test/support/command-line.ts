/** `parley`, as a process where pipes and streams matter, and in this process where there are many cases. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runCommandLine } from "../../src/cli/run.ts";
import { type Environment, environmentOf } from "./environment.ts";

export const PARLEY = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a program to its end. @param input what it reads */
export const runProgram = (program: string, args: readonly string[], env: Environment, input = ""): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(program, [...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
    child.stdin?.end(input);
  });

export const runParley = (args: readonly string[], env: Environment = {}, input?: string): Promise<Ended> =>
  runProgram(process.execPath, [PARLEY, ...args], environmentOf(env), input);

/** The same in this process; what a command says beside its lines, such as about new keys, is not caught. */
export const runParleyInside = async (args: readonly string[], env: Environment = {}): Promise<Ended> => {
  const said: { readonly out: string[]; readonly err: string[] } = { out: [], err: [] };
  const code = await runCommandLine(args, {
    env,
    out: (line) => said.out.push(`${line}\n`),
    err: (line) => said.err.push(`${line}\n`),
  });
  return { code, stdout: said.out.join(""), stderr: said.err.join("") };
};
