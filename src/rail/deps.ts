/** What the rooms of the rail are given. */
import type { Pool } from "pg";
import type { Executor } from "../engine/index.ts";
import type { Server } from "../http/index.ts";
import type { Issuer } from "../keys/index.ts";
import type { Calls } from "./calls.ts";
import type { Directory } from "./participants/index.ts";
import type { PhoneBox } from "./phones.ts";
import type { RailSettings } from "./settings.ts";

export type RailDeps = {
  /** The rail's own listener. */
  readonly server: Server;
  readonly calls: Calls;
  readonly executor: Executor;
  readonly directory: Directory;
  readonly phones: PhoneBox;
  readonly settings: RailSettings;
  readonly issuer: Issuer;
  /** Reads. */
  readonly pool: Pool;
  /** RAIL_PUBLIC_URL, without a slash at its end. */
  readonly publicUrl: () => string;
};
