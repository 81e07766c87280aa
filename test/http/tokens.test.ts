import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";
import { exportSPKI, type JWTPayload, SignJWT } from "jose";
import type { Caller } from "../../src/http/index.ts";
import { createTokens, RefusedError } from "../../src/http/index.ts";
import { createHostKey, createOwn, inSeconds, startHost, startServer } from "./support.ts";

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** What the verifier says to a token: the caller, or the code of the refusal. */
const outcome = async (verification: Promise<Caller>): Promise<string> => {
  try {
    return (await verification).traderId;
  } catch (error) {
    assert.ok(error instanceof RefusedError, String(error));
    return error.refusal.refusal;
  }
};

describe("our own tokens", async () => {
  const own = await createOwn();
  const tokens = createTokens({ own, host: null });
  const judge = async (token: string | Promise<string>) => outcome(tokens.verify(`Bearer ${await token}`));
  const claims = async (payload: JWTPayload) => tokens.verify(`Bearer ${await own.sign({ sub: "bob", ...payload })}`);

  it("a valid one names the caller", async () => {
    const exp = inSeconds(60);
    const caller = await claims({ name: " Bob ", roles: ["operator", "emperor", 5], exp });
    assert.equal(caller.traderId, "bob");
    assert.equal(caller.name, "Bob");
    assert.deepEqual([...caller.roles], ["operator"]);
    // As long as it is taken: five seconds more, by which clocks may differ.
    assert.equal(caller.expiresAt, (exp + 5) * 1_000);
  });

  it("subjects of built-in accounts are ours to name", async () => {
    assert.equal(await judge(own.sign({ sub: "u_1" })), "u_1");
  });

  it("a subject is 1 to 64 visible ASCII characters", async () => {
    assert.equal(await judge(own.sign({ sub: "x".repeat(64) })), "x".repeat(64));
    for (const sub of ["", "a b", "é", "x".repeat(65), "a\n"])
      assert.equal(await judge(own.sign({ sub })), "UNAUTHORIZED");
    assert.equal(await judge(own.sign({ sub: 5 } as never)), "UNAUTHORIZED");
    assert.equal(await judge(own.sign({})), "UNAUTHORIZED");
  });

  it("a strange name is ignored, and the person let in", async () => {
    const { name: long } = await claims({ name: "x".repeat(65) });
    const { name: emoji } = await claims({ name: "🦜".repeat(64) });
    assert.equal(long, null);
    assert.equal(emoji, "🦜".repeat(64));
    for (const name of ["a\u202eb", "a\u0000b", "a\nb", "\ud83e", " ", "", 5, null, ["x"], "a\u200bb", "a\u2066b"])
      assert.equal((await claims({ name })).name, null, JSON.stringify(name));
  });

  it("roles of a wrong type are none", async () => {
    for (const roles of ["operator", { operator: true }, 5, null])
      assert.equal((await claims({ roles })).roles.size, 0);
  });

  it("expired, not yet valid, without exp, for others or from others is UNAUTHORIZED", async () => {
    const cases: Record<string, unknown>[] = [
      { exp: inSeconds(-60) },
      { nbf: inSeconds(60) },
      { exp: undefined },
      { exp: "soon" },
      { aud: "other" },
      { aud: undefined },
      { iss: "other" },
      { iss: undefined },
    ];
    for (const payload of cases)
      assert.equal(await judge(own.sign({ sub: "bob", ...payload })), "UNAUTHORIZED", JSON.stringify(payload));
    assert.equal(await judge(own.sign({ sub: "bob", nbf: inSeconds(-60) })), "bob");
  });

  it("alg none, HMAC with the public key, another type and a forged signature are UNAUTHORIZED", async () => {
    const payload = { sub: "bob", iss: own.issuer, aud: own.audience, exp: inSeconds(60) };
    const hmac = (secret: string) =>
      new SignJWT(payload).setProtectedHeader({ alg: "HS256", kid: "own", typ: "JWT" }).sign(Buffer.from(secret));
    assert.equal(await judge(`${base64url({ alg: "none", typ: "JWT" })}.${base64url(payload)}.`), "UNAUTHORIZED");
    assert.equal(await judge(`${base64url({ alg: "none", typ: "JWT" })}.${base64url(payload)}.e30`), "UNAUTHORIZED");
    assert.equal(await judge(hmac(JSON.stringify(own.jwk))), "UNAUTHORIZED");
    assert.equal(await judge(own.sign({ sub: "bob" }, { typ: "dossier+jwt" })), "UNAUTHORIZED");
    const other = await createOwn();
    assert.equal(await judge(other.sign({ sub: "bob" })), "UNAUTHORIZED");
    const [head, , signature] = (await own.sign({ sub: "bob" })).split(".");
    assert.equal(await judge(`${head}.${base64url({ ...payload, sub: "eve" })}.${signature}`), "UNAUTHORIZED");
  });

  it("what is no bearer token at all is UNAUTHORIZED", async () => {
    const token = await own.sign({ sub: "bob" });
    for (const header of [
      "",
      "Bearer",
      "Bearer ",
      "Bearer x",
      `Basic ${token}`,
      token,
      `Bearer ${token} x`,
      `Bearer ${token}.x.y`,
      `Bearer ${"a".repeat(9_000)}.a.a`,
    ])
      assert.equal(await outcome(tokens.verify(header)), "UNAUTHORIZED", header.slice(0, 40));
    assert.equal(await outcome(tokens.verify(`bearer ${token}`)), "bob");
  });

  it("a verified token is known until it expires, and for five minutes at most", async () => {
    let now = Date.now();
    const timed = createTokens({ own, host: null, now: () => now });
    const short = `Bearer ${await own.sign({ sub: "short", exp: inSeconds(60) })}`;
    const long = `Bearer ${await own.sign({ sub: "long", exp: inSeconds(3_600) })}`;
    assert.equal(timed.known(short), null);
    await timed.verify(short);
    await timed.verify(long);
    assert.equal(timed.known(short)?.traderId, "short");
    now += 66_000;
    assert.equal(timed.known(short), null);
    assert.equal(await outcome(timed.verify(short)), "UNAUTHORIZED");
    assert.equal(timed.known(long)?.traderId, "long");
    now += 240_000;
    assert.equal(timed.known(long), null);
    assert.equal(await outcome(timed.verify(long)), "long");
  });

  it("verifications of one token at the same time are one, and a failed one is not kept", async () => {
    const good = `Bearer ${await own.sign({ sub: "bob" })}`;
    assert.equal(tokens.verify(good), tokens.verify(good));
    const bad = `${good}x`;
    assert.equal(await outcome(tokens.verify(bad)), "UNAUTHORIZED");
    assert.equal(tokens.known(bad), null);
    assert.equal(await outcome(tokens.verify(bad)), "UNAUTHORIZED");
  });
});

describe("a host platform's tokens", async () => {
  const own = await createOwn();

  it("EdDSA, ES256, RS256 and PS256 are taken, others are not", async () => {
    await using host = await startHost();
    const keys = await Promise.all(
      ["EdDSA", "ES256", "RS256", "PS256", "ES384", "RS512"].map((alg) => createHostKey(alg)),
    );
    host.keys = keys.map(({ jwk }) => jwk);
    const tokens = createTokens({ own, host: host.config });
    const judged = await Promise.all(
      keys.map(async ({ sign }) => outcome(tokens.verify(`Bearer ${await sign({ sub: "ann" })}`))),
    );
    assert.deepEqual(judged, ["ann", "ann", "ann", "ann", "UNAUTHORIZED", "UNAUTHORIZED"]);
    assert.equal(host.fetches, 1);
  });

  it("the algorithm belongs to the key: a token cannot choose another", async () => {
    await using host = await startHost();
    const ps = await createHostKey("PS256");
    const bare = await createHostKey("RS256", ({ alg: _alg, ...jwk }) => jwk);
    const ec = await createHostKey("ES256", ({ alg: _alg, ...jwk }) => jwk);
    host.keys = [ps.jwk, bare.jwk, ec.jwk];
    const tokens = createTokens({ own, host: host.config });
    const claims = { sub: "ann", iss: host.config.issuer, aud: host.config.audience, exp: inSeconds(60) };
    const { createSign, constants } = await import("node:crypto");
    const { exportPKCS8 } = await import("jose");
    const signAs = async (key: typeof ps, alg: "RS256" | "PS256") => {
      const input = `${base64url({ alg, kid: key.kid })}.${base64url(claims)}`;
      const padding = alg === "PS256" ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
      const signature = createSign("sha256")
        .update(input)
        .sign({ key: await exportPKCS8(key.privateKey), padding, saltLength: 32 });
      return `Bearer ${input}.${signature.toString("base64url")}`;
    };
    assert.equal(await outcome(tokens.verify(await signAs(bare, "RS256"))), "ann");
    assert.equal(await outcome(tokens.verify(await signAs(bare, "PS256"))), "UNAUTHORIZED");
    assert.equal(await outcome(tokens.verify(await signAs(ps, "PS256"))), "ann");
    assert.equal(await outcome(tokens.verify(await signAs(ps, "RS256"))), "UNAUTHORIZED");
    assert.equal(await outcome(tokens.verify(`Bearer ${await ec.sign({ sub: "ann" })}`)), "ann");
    const hmac = new SignJWT(claims)
      .setProtectedHeader({ alg: "HS256", kid: bare.kid })
      .sign(Buffer.from(await exportSPKI(bare.publicKey)));
    assert.equal(await outcome(tokens.verify(`Bearer ${await hmac}`)), "UNAUTHORIZED");
    assert.equal(
      await outcome(tokens.verify(`Bearer ${base64url({ alg: "none" })}.${base64url(claims)}.`)),
      "UNAUTHORIZED",
    );
  });

  it("subjects of built-in accounts, foreign audiences and expired tokens are UNAUTHORIZED", async () => {
    await using host = await startHost();
    const { jwk, sign } = await createHostKey("ES256");
    host.keys = [jwk];
    const tokens = createTokens({ own, host: host.config });
    const cases: JWTPayload[] = [
      { sub: "u_1" },
      { sub: "ann", aud: "other" },
      { sub: "ann", exp: inSeconds(-60) },
      { sub: "ann", iss: own.issuer },
    ];
    for (const claims of cases)
      assert.equal(
        await outcome(tokens.verify(`Bearer ${await sign(claims)}`)),
        "UNAUTHORIZED",
        JSON.stringify(claims),
      );
    assert.equal(
      await outcome(
        tokens.verify(`Bearer ${await own.sign({ sub: "ann", iss: host.config.issuer, aud: host.config.audience })}`),
      ),
      "UNAUTHORIZED",
    );
  });

  it("a host claims only the roles that it may", async () => {
    await using host = await startHost(["platform"]);
    const { jwk, sign } = await createHostKey("EdDSA");
    host.keys = [jwk];
    const tokens = createTokens({ own, host: host.config });
    const caller = await tokens.verify(`Bearer ${await sign({ sub: "ann", roles: ["operator", "platform"] })}`);
    assert.deepEqual([...caller.roles], ["platform"]);
  });

  it("a new key is found once the pause is over, and unknown ones do not make a storm of questions", async (t) => {
    await using host = await startHost();
    const [first, second] = [await createHostKey("ES256"), await createHostKey("ES256")];
    host.keys = [first.jwk];
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const tokens = createTokens({ own, host: host.config });
    assert.equal(await outcome(tokens.verify(`Bearer ${await first.sign({ sub: "ann" })}`)), "ann");
    host.keys = [second.jwk];
    const rotated = `Bearer ${await second.sign({ sub: "ann" })}`;
    for (let i = 0; i < 20; i += 1) {
      assert.equal(await outcome(tokens.verify(rotated)), "UNAUTHORIZED");
      assert.equal(
        await outcome(tokens.verify(`Bearer ${await second.sign({ sub: "ann" }, { kid: `made-up-${i}` })}`)),
        "UNAUTHORIZED",
      );
    }
    assert.equal(host.fetches, 1);
    t.mock.timers.tick(31_000);
    assert.equal(await outcome(tokens.verify(rotated)), "ann");
    assert.equal(host.fetches, 2);
    // Withdrawn at the host: not good any more here.
    assert.equal(await outcome(tokens.verify(`Bearer ${await first.sign({ sub: "bea" })}`)), "UNAUTHORIZED");
  });

  it("an endpoint that is down is OVERLOADED, asked in moments only, and a short outage goes unnoticed", async (t) => {
    await using host = await startHost();
    const { jwk, sign } = await createHostKey("ES256");
    host.keys = null;
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
    const tokens = createTokens({ own, host: host.config });
    const judge = async (sub: string) => outcome(tokens.verify(`Bearer ${await sign({ sub, exp: inSeconds(7_200) })}`));
    for (let i = 0; i < 20; i += 1) assert.equal(await judge(`ann${i}`), "OVERLOADED");
    assert.equal(host.fetches, 1);
    t.mock.timers.tick(2_001);
    host.keys = [jwk];
    assert.equal(await judge("bea"), "bea");
    host.keys = null;
    t.mock.timers.tick(6 * 60_000);
    assert.equal(await judge("cid"), "cid");
    t.mock.timers.tick(10 * 60_000);
    assert.equal(await judge("dan"), "OVERLOADED");
  });

  it("over HTTP it is a 401 with WWW-Authenticate, and a 503 with Retry-After while the keys cannot be had", async () => {
    await using host = await startHost();
    const { jwk, sign } = await createHostKey("ES256");
    host.keys = [jwk];
    host.http.closeAllConnections();
    host.http.close();
    await once(host.http, "close");
    host.http.listen(0, "127.0.0.1");
    await once(host.http, "listening");
    // The address that the configuration names answers no more.
    await using api = await startServer({ host: host.config });
    const down = await api.call("/act", { method: "POST", token: await sign({ sub: "ann" }) });
    assert.deepEqual([down.status, down.body.code, down.headers.get("retry-after")], [503, "OVERLOADED", "2"]);
    const wrong = await api.call("/act", { method: "POST", token: await sign({ sub: "ann", iss: "nobody" }) });
    assert.deepEqual(
      [wrong.status, wrong.body, wrong.headers.get("www-authenticate")],
      [401, { code: "UNAUTHORIZED", message: "A valid token is needed" }, "Bearer"],
    );
    assert.deepEqual(api.server.responseFaults, []);
  });
});

describe("access", () => {
  it("a public route takes nobody and anybody, but no invalid token", async () => {
    await using api = await startServer();
    assert.equal((await api.call("/things")).body.caller, null);
    assert.equal((await api.call("/things", { token: api.bob })).body.caller, "bob");
    assert.equal((await api.call("/things", { token: `${api.bob}x` })).status, 401);
    assert.equal((await api.call("/things", { headers: { authorization: "Basic eDp5" } })).status, 401);
    assert.equal((await api.call("/health/live", { token: "nonsense" })).status, 200);
  });

  it("a role opens its own routes only", async () => {
    await using api = await startServer();
    const [operator, platform] = [
      await api.token({ sub: "op", roles: ["operator"] }),
      await api.token({ sub: "pl", roles: ["platform"] }),
    ];
    const status = async (path: string, token?: string) =>
      (await api.call(path, { method: "POST", ...(token === undefined ? {} : { token }) })).status;
    assert.deepEqual(
      [
        await status("/operator"),
        await status("/operator", api.bob),
        await status("/operator", platform),
        await status("/operator", operator),
      ],
      [401, 403, 403, 200],
    );
    assert.deepEqual(
      [await status("/platform", operator), await status("/platform", platform), await status("/act", operator)],
      [403, 200, 200],
    );
  });

  it("each caller is announced before the handler runs, and a failure there is the request's", async () => {
    const seen: string[] = [];
    const onCaller = async ({ traderId }: Caller) => {
      if (traderId === "busy") throw Object.assign(new Error("full"), { code: "OVERLOADED" });
      seen.push(traderId);
    };
    await using api = await startServer({ onCaller });
    await api.call("/act", { method: "POST", token: api.bob });
    await api.call("/things");
    const busy = await api.call("/act", { method: "POST", token: await api.token({ sub: "busy" }) });
    assert.deepEqual([seen, busy.status, busy.body.code], [["bob"], 503, "OVERLOADED"]);
  });
});
