/** What the rooms of the exchange are given. */
import type { Pool } from "pg";
import type { Deliveries, Outbound } from "../deliveries/index.ts";
import type { Executor, Feed } from "../engine/index.ts";
import type { FileStore } from "../files/index.ts";
import type { Rates, Server } from "../http/index.ts";
import type { Issuer, Sealing } from "../keys/index.ts";
import type { DetailsCipher } from "./details-cipher.ts";
import type { PageCache } from "./market/index.ts";
import type { Accounts } from "./people/index.ts";
import type { Settings } from "./settings.ts";
import type { SubmitCommand } from "./submit-command.ts";

/** What the listener holds everybody to. */
export type ServerLimits = Rates;

export type ExchangeDeps = {
  readonly server: Server;
  readonly submit: SubmitCommand;
  readonly details: DetailsCipher;
  readonly settings: Settings;
  readonly limits: ServerLimits;
  /** For pages of one caller. */
  readonly pool: Pool;
  /** For the market alone, with a time limit of its own: strangers read here. */
  readonly marketPool: Pool;
  readonly marketPages: PageCache;
  readonly executor: Executor;
  readonly files: FileStore;
  readonly feed: Feed;
  readonly sealing: Sealing;
  /** Where webhooks may go. */
  readonly outbound: Outbound;
  readonly deliveries: Deliveries;
  readonly issuer: Issuer;
  readonly accounts: Accounts;
  /** Makes a trader that is not there yet. */
  readonly register: (traderId: string, name: string | null) => Promise<void>;
};
