/** `parley <command>`: finds the command, runs it, and turns faults into sentences. Exit 2: not understood; 1: failed. */
import { ConfigError } from "../config.ts";
import { auditCommand } from "./audit.ts";
import { type Command, descend, FailedError, UsageError } from "./command.ts";
import { dossierCommand } from "./dossier.ts";
import { keysCommand } from "./keys.ts";
import { creditCommand, debitCommand } from "./money.ts";
import { railCommand } from "./rail.ts";
import { tokenCommand } from "./token.ts";

const COMMANDS: readonly Command[] = [
  tokenCommand,
  creditCommand,
  debitCommand,
  auditCommand,
  dossierCommand,
  keysCommand,
  railCommand,
];

const MISUSE = 2;
const FAILURE = 1;

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

const run = async ([word, ...words]: readonly string[]): Promise<number> => {
  if (word === undefined || word === "--help" || word === "-h" || word === "help") {
    console.log(help());
    return word === undefined ? MISUSE : 0;
  }
  const first = COMMANDS.find(({ name }) => name === word);
  if (first === undefined) {
    console.error(
      `There is no command "${word}". Commands: ${COMMANDS.map(({ name }) => name).join(", ")}; see parley --help.`,
    );
    return MISUSE;
  }
  const [command, args] = descend(first, words);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(`Usage: ${command.usage}`);
    return 0;
  }
  try {
    await command.run(args, { env: process.env, out: (line) => console.log(line) });
    return 0;
  } catch (error) {
    if (isMisuse(error)) {
      console.error(`${error.message}\nUsage: ${command.usage}`);
      return MISUSE;
    }
    console.error(error instanceof ConfigError || error instanceof FailedError ? error.message : error);
    return FAILURE;
  }
};

process.exitCode = await run(process.argv.slice(2));
