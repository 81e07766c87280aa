/** What the rooms of the rail are given. */
import type { Pool } from "pg";
import type { Deliveries } from "../deliveries/index.ts";
import type { Executor } from "../engine/index.ts";
import type { Server } from "../http/index.ts";
import type { Issuer } from "../keys/index.ts";
import type { BookReads } from "./book-reads.ts";
import type { Directory } from "./participants/index.ts";
import type { PhoneCipher } from "./phone-cipher.ts";
import type { RailSettings } from "./settings.ts";
import type { SignedCalls } from "./signed-calls.ts";

export type RailDeps = {
  /** The rail's own listener. */
  readonly server: Server;
  readonly calls: SignedCalls;
  readonly executor: Executor;
  readonly directory: Directory;
  readonly phones: PhoneCipher;
  readonly settings: RailSettings;
  /** What is sent to banks. */
  readonly deliveries: Deliveries;
  readonly issuer: Issuer;
  /** Reads. */
  readonly pool: Pool;
  /** Writes of what is no command's. */
  readonly chores: Pool;
  /** Whatever goes through all of a bank's books. */
  readonly bookReads: BookReads;
  /** Of what we send. */
  readonly userAgent: () => string;
  /** RAIL_PUBLIC_URL, without a slash at its end. */
  readonly publicUrl: () => string;
  /** An alias may have changed: what waits for one is settled now, and not when the clock comes to it. */
  readonly followAliases: () => void;
};
