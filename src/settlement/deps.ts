/** What the settlement is given of both systems. */
import type { Pool } from "pg";
import type { Feed } from "../engine/index.ts";
import type { Exchange } from "../exchange/index.ts";
import type { Rail } from "../rail/index.ts";

export type SettlementDeps = {
  readonly exchange: Pick<Exchange, "settling">;
  readonly exchangeFeed: Feed;
  readonly rail: Pick<Rail, "trades">;
  readonly railFeed: Feed;
  /** Of the cursor. */
  readonly pool: Pool;
  /** The world of the rail that trades are paid in. */
  readonly mode: "sandbox" | "production";
  readonly onFailure: (what: string, error: unknown) => void;
};
