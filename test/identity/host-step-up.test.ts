/** HOST_STEP_UP=1: a host platform's token says that the second factor was given lately, or does not do what weighs more. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createHostKey, type HostPlatform, startHost } from "../http/support.ts";
import { type Market, SELL_AD, startMarket } from "../support/market.ts";
import { assertCode } from "../support/people.ts";

const seconds = (ago: number): number => Math.floor(Date.now() / 1_000) - ago;

describe("a host's token where HOST_STEP_UP is 1", () => {
  let host: HostPlatform;
  let market: Market;
  let key: Awaited<ReturnType<typeof createHostKey>>;
  before(async () => {
    host = await startHost();
    key = await createHostKey("ES256");
    host.keys = [key.jwk];
    market = await startMarket({
      env: {
        AUTH_JWKS_URL: host.config.jwksUrl.href,
        AUTH_ISSUER: host.config.issuer,
        AUTH_AUDIENCE: host.config.audience,
        AUTH_ROLES: "operator,platform",
        HOST_STEP_UP: "1",
      },
    });
  });
  after(async () => {
    await market.end().finally(() => host[Symbol.asyncDispose]());
  });

  const post = async (claims: object, path = "/p2p/ads", body: object = SELL_AD) => {
    const headers = { authorization: `Bearer ${await key.sign({ sub: "ann", ...claims })}` };
    return market.stranger("POST", path, body, { headers });
  };
  const isAsked = async (claims: object, path?: string, body?: object): Promise<void> => {
    const reply = await post(claims, path, body);
    assertCode(reply, 403, "SECOND_FACTOR_REQUIRED");
    assert.deepEqual(reply.body.details, { enabled: false, needs: "host" });
  };

  for (const [what, claims] of Object.entries({
    "that says nothing of it": {},
    "without auth_time": { amr: ["mfa"] },
    "without amr": { auth_time: seconds(1) },
    "of a password alone": { auth_time: seconds(1), amr: ["pwd"] },
    "whose amr is a text": { auth_time: seconds(1), amr: "mfa" },
    "of more than five minutes ago": { auth_time: seconds(330), amr: ["mfa"] },
    "of a time that is still to come": { auth_time: seconds(-60), amr: ["mfa"] },
    "whose auth_time is in milliseconds": { auth_time: Date.now(), amr: ["mfa"] },
    "whose auth_time is a text": { auth_time: String(seconds(1)), amr: ["mfa"] },
  }))
    test(`${what} is asked for it`, () => isAsked(claims));

  for (const amr of ["mfa", "otp", "hwk"])
    test(`with ${amr} of a moment ago does it`, async () => {
      const reply = await post({ sub: `ann-${amr}`, auth_time: seconds(60), amr: ["pwd", amr] });
      assert.equal(reply.status, 201, reply.text);
    });

  test("is asked for the whole list, and for nothing else", async () => {
    const credit = { user_id: "vera", amount: 100, kind: "deposit", external_id: "x" };
    await isAsked({ roles: ["platform"] }, "/platform/credits", credit);
    await isAsked({ roles: ["platform"] }, "/platform/debits", { ...credit, kind: "withdrawal" });
    await isAsked({}, "/p2p/orders/1/confirm-received", {});
    await isAsked({}, "/p2p/orders/1/honour", {});
    await isAsked({ roles: ["operator"] }, "/operator/orders/1/resolve", { outcome: "release", reason: "seen" });
    assertCode(await post({}, "/p2p/orders/1/cancel", {}), 404, "ORDER_NOT_FOUND");
    const wager = await post({ roles: ["platform"] }, "/platform/wagers", {
      user_id: "vera",
      amount: 1,
      external_id: "w",
    });
    assert.equal(wager.status, 201, wager.text);
  });

  test("is not what our own tokens are: they are made by who runs the installation", async () => {
    const reply = await market.as("ann")("POST", "/p2p/orders/1/confirm-received", {});
    assertCode(reply, 404, "ORDER_NOT_FOUND");
  });
});
