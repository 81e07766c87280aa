/** Banks and aliases by set-based SQL, as the rail's commands would have left them. */
import type pg from "pg";
import { type Algorithm, generateKey, type PrivateKey, readPrivateKey } from "../../src/jws/index.ts";
import { openKeyedHash, openSealing } from "../../src/keys/index.ts";
import { createPhoneCipher } from "../../src/rail/phone-cipher.ts";

export type Bank = {
  readonly guid: string;
  readonly profile: "compat" | "strong";
  readonly key: PrivateKey;
  readonly code: string;
};

const AT_ONCE = 20_000;
/** Of every bank: what a level of the budget is when it is full, see `budgets/`. */
const FULL = 100_000;

/** ISO 13616: the check digits make the whole a multiple of 97, plus one. */
export const ibanOf = (code: string, account: number): string => {
  const bban = `${code}${String(account).padStart(19, "0")}`;
  const digits = `${bban}301000`;
  const check = 98n - (BigInt(digits) % 97n);
  return `UA${String(check).padStart(2, "0")}${bban}`;
};

export const phoneOf = (n: number): string => `+380${String(500_000_000 + n)}`;

/** An algorithm that is not for strong participants makes a compat bank. */
export const makeBanks = async (client: pg.Client, alg: Algorithm, count: number, from: number): Promise<Bank[]> => {
  const banks: Bank[] = [];
  for (let index = 0; index < count; index++) {
    const code = String(300_000 + from + index);
    const guid = `00000000-0000-4000-8000-${code.padStart(12, "0")}`;
    const profile = alg === "RS256" ? "compat" : "strong";
    const { privateJwk, publicJwk } = await generateKey(alg, `bench-${code}`);
    const key = readPrivateKey(privateJwk);
    if ("fault" in key) throw new Error(key.fault);
    await client.query({
      text: `insert into rail.participants (guid, mode, created_at, created_by, name, bank_codes, profile, receiver_search, state)
        values ($1, 'production', now(), 'bench', 'Bank ' || $2, array[$2], $3, false, 'active')`,
      values: [guid, code, profile],
    });
    await client.query("insert into rail.bank_codes (mode, code, participant_guid) values ('production', $1, $2)", [
      code,
      guid,
    ]);
    await client.query("insert into rail.quotas (participant_guid, units, refilled_at) values ($1, $2, now())", [
      guid,
      FULL,
    ]);
    await client.query("insert into rail.keys (kid, participant_guid, jwk, created_at) values ($1, $2, $3, now())", [
      key.kid,
      guid,
      publicJwk,
    ]);
    banks.push({ guid, profile, key, code });
  }
  return banks;
};

/** So many phones, each linked to an account of one of the banks. */
export const linkPhones = async (
  client: pg.Client,
  dataDir: string,
  banks: readonly Bank[],
  count: number,
): Promise<void> => {
  const box = createPhoneCipher(await openKeyedHash(dataDir), await openSealing(dataDir));
  for (let first = 0; first < count; first += AT_ONCE) {
    const rows = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, offset) => {
      const n = first + offset;
      const bank = banks[n % banks.length] as Bank;
      const hash = box.hash("production", phoneOf(n));
      return { hash, phone: box.seal(hash, phoneOf(n)), guid: bank.guid, account: ibanOf(bank.code, n) };
    });
    await client.query({
      text: `with made as (select * from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u(hash, phone, guid, account)),
          told as (insert into rail.alias_history (phone_hash, participant_guid, account, act, at)
            select hash, guid, account, 'linked', now() from made),
          places as (insert into rail.account_phones (account, phone_hash, kept)
            select 'production ' || account, hash, true from made)
        insert into rail.phones (hash, mode, phone, participant_guid, account, linked_at)
        select hash, 'production', phone, guid, account, now() from made`,
      values: [
        rows.map(({ hash }) => hash),
        rows.map(({ phone }) => phone),
        rows.map(({ guid }) => guid),
        rows.map(({ account }) => account),
      ],
    });
  }
  await client.query("vacuum analyze");
  await client.query("checkpoint");
};
