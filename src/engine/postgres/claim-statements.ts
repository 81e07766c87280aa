/** The statements of claims: taken before anything else is locked, or written with their answers. */
import type { Claim, Save } from "../store.ts";
import { encodeArray } from "./arrays.ts";
import type { Statement } from "./shapes.ts";

const texts = <Item>(items: readonly Item[], of: (item: Item) => string): Buffer => encodeArray("text", items.map(of));

const claimKeys = (claims: readonly Claim[]): Buffer[] => [
  texts(claims, ({ scope }) => scope),
  texts(claims, ({ key }) => key),
];

const fingerprints = (claims: readonly Claim[]): Buffer => texts(claims, ({ fingerprint }) => fingerprint);
const answerTexts = (answers: Save["answers"]): Buffer => texts(answers, ({ answer }) => answer);

const expiries = (claims: readonly Claim[]): Buffer =>
  encodeArray(
    "id",
    claims.map(({ lifetimeMs }) => lifetimeMs),
  );

const EXPIRY = "now() + u.lifetime * interval '1 millisecond'";

/** The first lock of all: waits for whoever uses one of these keys now. The claims come sorted. */
export const takeClaims = (schema: string, claims: readonly Claim[]): Statement => ({
  name: "take claims",
  text: `insert into ${schema}.claims (scope, key, fingerprint, expires_at)
    select u.scope, u.key, u.fingerprint, ${EXPIRY}
    from unnest($1::text[], $2::text[], $3::text[], $4::int8[]) as u(scope, key, fingerprint, lifetime)
    on conflict do nothing`,
  values: [...claimKeys(claims), fingerprints(claims), expiries(claims)],
});

export const readClaims = (schema: string, claims: readonly Claim[]): Statement => ({
  name: "read claims",
  // Key by key, for the reason given at `fromKeys`.
  text: `select r.scope, r.key, r.fingerprint, r.answer from unnest($1::text[], $2::text[]) as k(k1, k2)
    cross join lateral (select * from ${schema}.claims c where c.scope = k1 and c.key = k2 offset 0) r
    where r.answer is not null`,
  values: claimKeys(claims),
});

/** For claims whose gate is their lock. */
export const insertAnswers = (schema: string, answers: Save["answers"]): Statement => {
  const claims = answers.map(({ claim }) => claim);
  return {
    name: "insert answers",
    text: `insert into ${schema}.claims (scope, key, fingerprint, answer, expires_at)
      select u.scope, u.key, u.fingerprint, u.answer, ${EXPIRY}
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[]) as u(scope, key, fingerprint, answer, lifetime)`,
    values: [...claimKeys(claims), fingerprints(claims), answerTexts(answers), expiries(claims)],
  };
};

/**
 * For claims that were taken first. With the fingerprint of the use that was answered: another use of the same key in
 * the batch may have been the one that took it.
 */
export const fillAnswers = (schema: string, answers: Save["answers"]): Statement => {
  const claims = answers.map(({ claim }) => claim);
  return {
    name: "fill answers",
    text: `update ${schema}.claims c set fingerprint = u.fingerprint, answer = u.answer
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u(scope, key, fingerprint, answer)
    where c.scope = u.scope and c.key = u.key`,
    values: [...claimKeys(claims), fingerprints(claims), answerTexts(answers)],
  };
};

/** Claims that were taken and then not used are free again. */
export const freeClaims = (schema: string, claims: readonly Claim[]): Statement => ({
  name: "free claims",
  text: `delete from ${schema}.claims c using unnest($1::text[], $2::text[]) as u(scope, key)
    where c.scope = u.scope and c.key = u.key and c.answer is null`,
  values: claimKeys(claims),
});
