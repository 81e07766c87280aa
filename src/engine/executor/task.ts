/** A submission on its way through the executor, and what may become of it. */
import type { Refusal } from "../../kernel/index.ts";
import type { Command } from "../command.ts";
import type { Claim } from "../store.ts";
import type { Ref, SetRef } from "../table.ts";
import type { Named } from "./batch.ts";

export type Answer<Result, Code extends string = string> = {
  readonly outcome: Refusal<Code> | Result;
  /**
   * Empty when this was decided now. Otherwise the scope of the claim that remembered it; then, if that first answer
   * was a repeat itself, by whose memory.
   */
  readonly replayed: readonly string[];
};

export type Task = {
  readonly command: Command<unknown, unknown>;
  readonly input: unknown;
  readonly caller: string;
  readonly claims: readonly Claim[];
  /** On the clock of `performance.now()`, as `submitted`. */
  readonly deadline: number;
  readonly submitted: number;
  readonly resolve: (answer: Answer<unknown>) => void;
  readonly reject: (error: unknown) => void;
  needs: readonly (Ref | SetRef)[];
  named: Named;
  /** Only from `decided` on may it have been done. */
  state: "routing" | "queued" | "running" | "decided" | "done";
};

export type Verdict = { readonly answer: Answer<unknown> } | { readonly fault: unknown };
