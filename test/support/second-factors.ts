/** People with a second factor: their authenticator, and what they do with it. */
import assert from "node:assert/strict";
import { generateSync } from "otplib";
import type { Market, Reply } from "./market.ts";
import { type Browser, PASSWORD, type Person, signUp } from "./people.ts";

const STEP_SECONDS = 30;

export type Authenticator = {
  /** As it is shown to its owner. */
  readonly secret: string;
  /** The code of a step: 0 is now by the database's clock, 1 the next. */
  code(step?: number): Promise<string>;
  /** A code that nobody has given yet: the database forgets that it took one, as half a minute makes it do. */
  fresh(): Promise<string>;
};

export const authenticatorOf = (market: Market, personId: string, secret: string): Authenticator => {
  const code = async (step = 0): Promise<string> => {
    const [row] = await market.sql("select extract(epoch from clock_timestamp())::float8 as now");
    return generateSync({ secret, epoch: Math.floor(row.now) + step * STEP_SECONDS });
  };
  return {
    secret,
    code,
    async fresh() {
      await market.sql(`update identity.totp set last_step = 0 where person_id = '${personId}'`);
      return code();
    },
  };
};

export const stepUp = (browser: Browser, given: object): Promise<Reply> =>
  browser.call("POST", "/identity/step-up", given);

/** Turns one-time codes on. @returns the recovery codes too */
export const enrol = async (
  market: Market,
  person: Person,
): Promise<{ readonly app: Authenticator; readonly recovery: readonly string[] }> => {
  const proven = await stepUp(person, { password: PASSWORD });
  assert.equal(proven.status, 200, proven.text);
  const begun = await person.call("POST", "/identity/second-factor/codes");
  assert.equal(begun.status, 200, begun.text);
  const app = authenticatorOf(market, person.id, begun.body.secret);
  const confirmed = await person.call("POST", "/identity/second-factor/codes/confirm", { code: await app.code() });
  assert.equal(confirmed.status, 200, confirmed.text);
  return { app, recovery: confirmed.body.recovery_codes };
};

/** Somebody new with one-time codes on. */
export const signUpWithCodes = async (market: Market, given: object = {}, address?: string) => {
  const person = await signUp(market, given, address);
  return { person, ...(await enrol(market, person)) };
};
