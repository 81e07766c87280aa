/** `parley <command>`: finds the command, runs it, and turns faults into sentences. Exit 2: not understood; 1: failed. */
import { inspect } from "node:util";
import { sentenceOf } from "../trouble.ts";
import { auditCommand } from "./audit.ts";
import { type Command, descend, type Terminal, UsageError } from "./command.ts";
import { configCommand } from "./config.ts";
import { dossierCommand } from "./dossier.ts";
import { identityCommand, inviteCommand } from "./identity.ts";
import { keysCommand } from "./keys.ts";
import { creditCommand, debitCommand } from "./money.ts";
import { railCommand } from "./rail.ts";
import { tokenCommand } from "./token.ts";

const COMMANDS: readonly Command[] = [
  tokenCommand,
  creditCommand,
  debitCommand,
  configCommand,
  auditCommand,
  dossierCommand,
  keysCommand,
  inviteCommand,
  identityCommand,
  railCommand,
];

const MISUSE = 2;
const FAILURE = 1;

/** @property err what went wrong: never mixed with what was asked for */
export type Console = Terminal & { err(line: string): void };

const help = (): string =>
  [
    "Usage: parley <command> [options]",
    "",
    ...COMMANDS.map(({ name, summary, usage }) => `  ${name}\t${summary}\n\t\t${usage.split("\n\n", 1).join("")}`),
  ].join("\n");

/** What `parseArgs` says about an option that there is not. */
const isMisuse = (error: unknown): error is Error =>
  error instanceof UsageError ||
  (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"));

/** @returns the exit code */
export const runCommandLine = async ([word, ...words]: readonly string[], console: Console): Promise<number> => {
  if (word === undefined || word === "--help" || word === "-h" || word === "help") {
    console.out(help());
    return word === undefined ? MISUSE : 0;
  }
  const first = COMMANDS.find(({ name }) => name === word);
  if (first === undefined) {
    console.err(
      `There is no command "${word}". Commands: ${COMMANDS.map(({ name }) => name).join(", ")}; see parley --help.`,
    );
    return MISUSE;
  }
  const [command, args] = descend(first, words);
  if (args.includes("--help") || args.includes("-h")) {
    console.out(`Usage: ${command.usage}`);
    return 0;
  }
  try {
    await command.run(args, console);
    return 0;
  } catch (error) {
    if (isMisuse(error)) {
      console.err(`${error.message}\nUsage: ${command.usage}`);
      return MISUSE;
    }
    console.err(sentenceOf(error) ?? inspect(error));
    return FAILURE;
  }
};
