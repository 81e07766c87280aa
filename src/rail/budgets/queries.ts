/** Reading budgets: what is there by the database's clock, which is the one that refills. */
import type { Pool } from "pg";
import { type Instant, instant } from "../../kernel/index.ts";
import type { Level, Participant } from "../tables/index.ts";
import { BANK, type Bucket, full, type Held, PAYER, payerId, refilled, tokensOf } from "./bucket.ts";

type Found = { readonly units: number; readonly refilledAt: Instant; readonly now: number };

/** Nobody who has not used it has a row. */
const availableIn = (bucket: Bucket, found: Found | undefined): number =>
  tokensOf(
    bucket,
    found === undefined ? full(bucket, instant(0)) : refilled(bucket, levelOf(found), instant(found.now)),
  );

const levelOf = ({ units, refilledAt }: Found): Level => ({ units, refilledAt });

const LEVEL = `units, refilled_at as "refilledAt", floor(extract(epoch from clock_timestamp()) * 1000)::int8 as now`;

/** @returns whole tokens */
export const participantTokens = async (
  pool: Pool,
  { guid, mode }: Pick<Participant, "guid" | "mode">,
): Promise<number> => {
  const { rows } = await pool.query<Found>({
    name: "rail quota",
    text: `select ${LEVEL} from rail.quotas where participant_guid = $1`,
    values: [guid],
  });
  return availableIn(BANK[mode], rows[0]);
};

/** @returns whole tokens */
export const payerTokens = async (pool: Pool, payer: Held): Promise<number> => {
  const { rows } = await pool.query<Found>({
    name: "rail payer",
    text: `select ${LEVEL} from rail.payers where id = $1`,
    values: [payerId(payer)],
  });
  return availableIn(PAYER[payer.mode], rows[0]);
};
