/** Where a command reads its surroundings from and speaks to. */
export type Terminal = {
  readonly env: Readonly<Record<string, string | undefined>>;
  out(line: string): void;
};

/** One word after `parley`. Commands live in a file each. */
export type Command = {
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  run(args: readonly string[], terminal: Terminal): Promise<void>;
};

/** The caller asked for something that there is not: said in one sentence, without a stack. */
export class UsageError extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = "UsageError";
  }
}
