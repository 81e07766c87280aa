/** What the rooms of the exchange are given. */
import type { Pool } from "pg";
import type { Server } from "../http/index.ts";
import type { DetailsBox } from "./details.ts";
import type { Settings } from "./settings.ts";
import type { Writer } from "./writes.ts";

export type ExchangeDeps = {
  readonly server: Server;
  readonly write: Writer;
  readonly details: DetailsBox;
  readonly settings: Settings;
  /** For pages of one caller. */
  readonly pool: Pool;
  /** For the market alone, with a time limit of its own: strangers read here. */
  readonly marketPool: Pool;
  /** Makes a trader that is not there yet. */
  readonly register: (traderId: string, name: string | null) => Promise<void>;
};
