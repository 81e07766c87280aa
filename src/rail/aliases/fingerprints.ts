/**
 * The checksum of a bank's aliases: the XOR of one keyed hash for each, with a key of the bank's own, so that the bank works
 * the same out from its book. What was worked out for an alias is kept, since it takes the phone in the clear; it is good
 * for the bank and the account that it was worked out for, and for nobody else.
 */
import { createHmac } from "node:crypto";
import type { Pool } from "pg";
import type { PhoneCipher } from "../phone-cipher.ts";

/** @property checksum 64 hexadecimal digits; of no alias, zeros */
export type Checksum = { readonly count: number; readonly checksum: string };

/** @property chores what was worked out is written by: no command's business, and nothing of it is lost with it */
export type Books = {
  readonly pool: Pool;
  readonly chores: Pool;
  readonly phones: Pick<PhoneCipher, "open" | "bookKey">;
};
type Unmarked = { readonly hash: string; readonly sealed: string; readonly account: string };

/** Some milliseconds of work: nobody else waits for longer. */
const AT_ONCE = 500;
/** Of aliases that are new since the last time: what one call works out. The next one goes on. */
const MOST_ROUNDS = 100;

/** @param key base64url @returns hexadecimal digits */
export const fingerprintOf = (key: string, phone: string, account: string): string =>
  createHmac("sha256", Buffer.from(key, "base64url")).update(`${phone} ${account}`, "utf8").digest("hex");

const KEPT = `rail.alias_fingerprints f
  where f.phone_hash = p.hash and f.participant_guid = p.participant_guid and f.account = p.account`;

/** @param after the hash that the round before ended with @returns the one that this round ended with; null: there are no more */
const markSome = async ({ pool, chores, phones }: Books, bank: string, after: string): Promise<string | null> => {
  const { rows } = await pool.query<Unmarked>({
    name: "aliases without a fingerprint",
    text: `select p.hash, p.phone as sealed, p.account from rail.phones p
      where p.participant_guid = $1 and p.hash > $2 and not exists (select from ${KEPT})
      order by p.hash limit ${AT_ONCE}`,
    values: [bank, after],
  });
  const key = phones.bookKey(bank);
  await chores.query({
    name: "keep fingerprints",
    text: `insert into rail.alias_fingerprints (phone_hash, participant_guid, account, fingerprint)
      select hash, $1, account, ('x' || fingerprint)::bit(256)
      from unnest($2::text[], $3::text[], $4::text[]) as u(hash, account, fingerprint)
      on conflict (phone_hash) do update set participant_guid = excluded.participant_guid, account = excluded.account,
        fingerprint = excluded.fingerprint`,
    values: [
      bank,
      rows.map(({ hash }) => hash),
      rows.map(({ account }) => account),
      rows.map(({ hash, sealed, account }) => fingerprintOf(key, phones.open(hash, sealed), account)),
    ],
  });
  return rows.length < AT_ONCE ? null : (rows.at(-1)?.hash ?? null);
};

type Found = { readonly count: number; readonly marked: number; readonly bits: string | null };

/** Of one moment. Null: there are aliases that nothing was worked out for. */
const readChecksum = async (pool: Pool, bank: string): Promise<Checksum | null> => {
  const { rows } = await pool.query<Found>({
    name: "checksum of aliases",
    text: `select count(*)::int8 as count, count(f.fingerprint)::int8 as marked, bit_xor(f.fingerprint)::text as bits
      from rail.phones p left join lateral (select f.fingerprint from ${KEPT}) f on true where p.participant_guid = $1`,
    values: [bank],
  });
  const [found] = rows;
  if (found === undefined || found.count !== found.marked) return null;
  const digits = found.bits === null ? "" : BigInt(`0b${found.bits}`).toString(16);
  return { count: found.count, checksum: digits.padStart(64, "0") };
};

/** Null: too many aliases are new to be waited for. */
export const checksumOf = async (books: Books, bank: string): Promise<Checksum | null> => {
  const known = await readChecksum(books.pool, bank);
  if (known !== null) return known;
  let after: string | null = "";
  for (let round = 0; after !== null && round < MOST_ROUNDS; round++) after = await markSome(books, bank, after);
  return readChecksum(books.pool, bank);
};
