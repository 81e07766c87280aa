/** A write is data and one pure function. The engine knows no trade and no bank. */
import type { Instant, Refusal } from "../kernel/index.ts";
import type { Event } from "./events.ts";
import type { AnyTable, Ref, SetRef, Write } from "./table.ts";

/** The rows a command named, as the commands before it in the batch left them. Any other row throws. */
export type State = {
  get<Row extends object>(ref: Ref<Row>): Row | undefined;
  /** Throws when the row is not there: for rows that cannot be missing. */
  need<Row extends object>(ref: Ref<Row>): Row;
  all<Row extends object>(set: SetRef<Row>): readonly Row[];
};

/** Read without a lock, so fixed columns only. A row that was absent stays absent for the command. */
export type Routes = { get<Fixed extends object>(ref: Ref<object, Fixed>): Fixed | undefined };

/** From the database, after the locks: nodes never disagree about a deadline, and ids rise in lock order. */
export type Moment = { readonly now: Instant; id(sequence: string): number };

export type Decision<Result> = {
  readonly result: Result;
  readonly writes: readonly Write[];
  readonly events: readonly Event[];
};

/** What a command decides when nothing is to be done, or nothing any more. */
export const unchanged = <Result>(result: Result): Decision<Result> => ({ result, writes: [], events: [] });

/** `Result` is plain JSON: it is stored under the command's claims and given out again to a repeat. */
export type Command<Input, Result, Code extends string = string> = {
  readonly name: string;
  /** Every code that it says no with; `decide` returns no other, and routes document these. */
  readonly refuses: readonly Code[];
  /** Sequences that it may draw ids from, once for each mention. */
  readonly draws?: readonly string[];
  /** Tables whose followed columns it may change. What follows from them is named, and written, for it. */
  readonly changes?: readonly AnyTable[];
  /** Rows whose fixed columns tell what else is concerned. */
  route?(input: Input): readonly Ref[];
  /** Every row that `decide` may see: gates are locked, the rest is guarded by them. */
  needs(input: Input, routes: Routes): readonly (Ref | SetRef)[];
  /** Pure: no I/O, no clock, no randomness. A refusal changes nothing. */
  decide(state: State, input: Input, moment: Moment): Refusal<NoInfer<Code>> | Decision<Result>;
};

/**
 * Makes a system's own `defineCommand<Input, Result>()({…})`, which takes the codes from `refuses`. `Known` are those of
 * the system's registry: a code without an entry does not compile.
 */
export const defineCommandsWith =
  <Known extends string>() =>
  <Input, Result>() =>
  <const Code extends Known = never>(command: Command<Input, Result, Code>): Command<Input, Result, Code> =>
    command;
