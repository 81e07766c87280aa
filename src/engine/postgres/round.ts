/**
 * Sends the statements of a round in PostgreSQL's extended protocol: a Parse for those that are new, a Bind and an Execute
 * for each, and one Sync. After a statement that fails the server skips to the Sync, so that none after it runs; nothing
 * is described, because the declarations know what comes back. The driver offers all this one layer below its queries.
 */
import type pg from "pg";
import type { Statement } from "./shapes.ts";

export type Rows = readonly (readonly (string | null)[])[];

export type Answers = {
  readonly results: readonly Rows[];
  /** The first word of each statement's tag: `COMMIT`, `INSERT`. */
  readonly tags: readonly string[];
};

/** What became of the first statement that failed. Those after it did nothing either. */
export class RoundFailure extends Error {
  override readonly name = "RoundFailure";
  /** Whether it was the last statement of the round, such as its commit. */
  readonly last: boolean;
  constructor(last: boolean, cause: unknown) {
    super("a statement failed", { cause });
    this.last = last;
  }
}

/** What this needs of the driver's connection. */
type Wire = {
  readonly stream: { cork(): void; uncork(): void };
  parse(message: { readonly name: string; readonly text: string }): void;
  bind(message: {
    readonly statement: string;
    readonly values: readonly unknown[];
    readonly valueMapper: (value: unknown) => Buffer | string | null;
  }): void;
  execute(message: object): void;
  sync(): void;
  on(event: "parseComplete", listener: () => void): void;
};

/** Buffers are binary, all others text. */
const parameter = (value: unknown): Buffer | string | null =>
  value === null || value === undefined ? null : Buffer.isBuffer(value) ? value : String(value);

export type SendRound = (statements: readonly (Statement | string)[]) => Promise<Answers>;

/** @param named whether statements are prepared once for the session, else each time */
export const createSendRound = (client: pg.Client, named: boolean): SendRound => {
  const wire = (client as unknown as { readonly connection: Wire }).connection;
  const parsed = createParsed(wire);

  const write = (statement: Statement | string) => {
    const { text, values } = typeof statement === "string" ? { text: statement, values: [] } : statement;
    const name = !named ? "" : typeof statement === "string" ? statement : statement.name;
    if (!named || parsed.isNew(name)) wire.parse({ name, text });
    wire.bind({ statement: name, values, valueMapper: parameter });
    wire.execute({});
  };

  /** One write to the socket for the whole round. */
  const submit = (statements: readonly (Statement | string)[]) => {
    wire.stream.cork();
    try {
      for (const statement of statements) write(statement);
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
  };

  return (statements) =>
    new Promise((resolve, reject) => {
      const results: Rows[] = [];
      const tags: string[] = [];
      let rows: (readonly (string | null)[])[] = [];
      client.query({
        submit: () => submit(statements),
        handleDataRow: ({ fields }: { readonly fields: readonly (string | null)[] }) => {
          rows.push(fields);
        },
        handleCommandComplete: ({ text }: { readonly text: string }) => {
          tags.push(text.split(" ", 1)[0] ?? "");
          results.push(rows);
          rows = [];
        },
        handleError: (error: unknown) => {
          parsed.forgetUnanswered();
          reject(new RoundFailure(results.length === statements.length - 1, error));
        },
        handleReadyForQuery: () => resolve({ results, tags }),
        callback: reject,
      });
    });
};

/**
 * The statements that the session knows. One that was parsed outlives the transaction that failed after it; one behind a
 * failure was skipped with the rest. So only what the server answered counts, and its answers come in the order of asking.
 */
const createParsed = (wire: Wire) => {
  const known = new Set<string>();
  let asked: string[] = [];
  wire.on("parseComplete", () => {
    const name = asked.shift();
    if (name !== undefined) known.add(name);
  });
  return {
    /** Whether it has to be parsed, once. */
    isNew(name: string): boolean {
      if (known.has(name) || asked.includes(name)) return false;
      asked.push(name);
      return true;
    },
    forgetUnanswered() {
      asked = [];
    },
  };
};
