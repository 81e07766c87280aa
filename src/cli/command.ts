/** What a command of the command line is: its words, and the environment and output that it is given. */

/** Where a command reads its environment and writes its lines. */
export type Terminal = {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(line: string): void;
};

/** One word after `parley`. Commands live in a file each. */
export type Command = {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  /** Words that may come next; they are commands of their own. */
  readonly commands?: readonly Command[];
  run(args: readonly string[], terminal: Terminal): Promise<void>;
};

/** Follows the words as far as they are commands. */
export const descend = (command: Command, args: readonly string[]): readonly [Command, readonly string[]] => {
  const [word, ...rest] = args;
  const next = command.commands?.find(({ name }) => name === word);
  return next === undefined ? [command, args] : descend(next, rest);
};

/** The caller asked for something that there is not: said in one sentence, without a stack. */
export class UsageError extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = "UsageError";
  }
}
