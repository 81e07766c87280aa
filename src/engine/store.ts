/** What a store does for the engine. Two exist, PostgreSQL and memory; one suite of tests runs against both. */
import type { Instant, Refusal } from "../kernel/index.ts";
import type { Event } from "./events.ts";
import type { AnyJournal, AnyTable, Ref, SetRef } from "./table.ts";

/** One use of a key: an idempotency key, a host's `external_id`, a bank's `jti`. */
export type Claim<Code extends string = string> = {
  readonly scope: string;
  readonly key: string;
  /** Digest of what was asked; the same key with another digest is refused. */
  readonly fingerprint: string;
  /** The answer to the same key with another fingerprint. */
  readonly mismatch: Refusal<Code>;
  /**
   * `answers`: refusals are remembered as well. `results`: a refusal leaves the key free.
   * `uses`: like `answers`, for keys that are never answered again: that they were used is all that is kept.
   */
  readonly keeps: "answers" | "results" | "uses";
  /** How long it is remembered; null is for ever. */
  readonly lifetimeMs: number | null;
  /**
   * The gate that every use of this scope holds, so that its lock is the claim's lock. Without one, the claim is
   * inserted before anything else is locked, which costs one more write.
   */
  readonly guard: Ref | null;
};

export type Row = Readonly<Record<string, unknown>>;
export type Versioned = { readonly ref: Ref; readonly row: Row; readonly version: number };
export type StoredAnswer = { readonly fingerprint: string; readonly answer: string };

export type Plan = {
  readonly claims: readonly Claim[];
  readonly refs: readonly Ref[];
  readonly sets: readonly SetRef[];
  /** How many ids to draw from each sequence. */
  readonly draws: ReadonlyMap<string, number>;
  /** `brief` is for a command run alone after its batch failed: it hardly waits for a lock. */
  readonly patience: "usual" | "brief";
};

export type Loaded = {
  readonly now: Instant;
  readonly rows: ReadonlyMap<string, Versioned>;
  readonly sets: ReadonlyMap<string, readonly Versioned[]>;
  readonly ids: ReadonlyMap<string, readonly number[]>;
  answered(claim: Claim): StoredAnswer | undefined;
};

export type Save = {
  readonly inserts: readonly { readonly table: AnyTable; readonly row: Row }[];
  /** On condition that the row still has this version. */
  readonly updates: readonly { readonly table: AnyTable; readonly row: Row; readonly version: number }[];
  readonly appends: readonly { readonly journal: AnyJournal; readonly row: Row }[];
  /** What each command told, in the order in which they were decided. */
  readonly events: readonly (readonly Event[])[];
  readonly answers: readonly { readonly claim: Claim; readonly answer: string }[];
};

/** Fixed columns by ref id; undefined where there is no such row yet. */
export type FixedRows = ReadonlyMap<string, Row | undefined>;

export type Store = {
  /** Fixed columns, without a lock. At once when all are cached. */
  readFixed(refs: readonly Ref[]): FixedRows | Promise<FixedRows>;
  /**
   * Claims, gates in the one order, reads; lets `decide` run; saves, takes the feed position, commits: all or nothing.
   * `decide` is called once and synchronously. Rejects with `StoreFailure`, or with what `decide` threw.
   */
  transact(plan: Plan, decide: (loaded: Loaded) => Save): Promise<void>;
  close(): Promise<void>;
};
