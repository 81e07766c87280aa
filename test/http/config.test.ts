import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { ConfigError, configNames, readConfig } from "../../src/config.ts";
import { misspellings } from "../../src/config-names.ts";
import { DEFAULT_PAYMENT_METHODS } from "../../src/exchange/index.ts";
import { DEFAULT_BOUNDS } from "../../src/http/index.ts";
import { railSettingsOf } from "../../src/settings.ts";

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.faults;
  }
};

/** Exactly one fault, which says this. */
const assertFault = (env: Record<string, string>, said: RegExp): void => {
  const faults = faultsOf(env);
  assert.equal(faults.length, 1, `${JSON.stringify(env)}: ${faults.join("\n")}`);
  assert.match(faults[0] ?? "", said);
};

const external = { DATABASE_URL: "postgres://app:secret@db/parley" };
const auth = {
  AUTH_JWKS_URL: "https://host.example/jwks",
  AUTH_ISSUER: "https://host.example",
  AUTH_AUDIENCE: "parley",
};

describe("configuration", () => {
  it("nothing set is a demo on this machine with the embedded database", () => {
    assert.deepEqual(readConfig({}), {
      host: "127.0.0.1",
      port: 8080,
      railPort: 8081,
      metricsPort: 8082,
      publicUrl: null,
      railPublicUrl: null,
      database: { kind: "embedded" },
      preparedStatements: "named",
      dataDir: resolve(import.meta.dirname, "../../data"),
      demo: true,
      auth: null,
      accounts: true,
      signUp: "open",
      mail: null,
      fiatCurrencies: ["RUB", "UAH"],
      paymentMethods: DEFAULT_PAYMENT_METHODS,
      payWindowMinutes: 15,
      releaseWindowMinutes: 60,
      minDeposit: 100_000,
      minOrderAmount: 1_000,
      rateBands: { RUB: { min: 50, max: 200 } },
      wageringMultiplier: 0,
      bonusWageringMultiplier: 1,
      bounds: DEFAULT_BOUNDS,
      embedOrigins: [],
      railCallsPer10Seconds: 600,
      railPhonePattern: "^\\+380\\d{9}$",
      railCurrencies: ["UAH"],
      webhookPrivate: false,
      railPrivateCallbacks: true,
      searchAckSeconds: 10,
      aliasMoveHoldHours: 24,
      logLevel: "warn",
    });
  });

  it("a relative DATA_DIR is in the checkout, wherever one stands", () => {
    const here = process.cwd();
    process.chdir(tmpdir());
    try {
      assert.equal(readConfig({ DATA_DIR: "./mine" }).dataDir, resolve(import.meta.dirname, "../../mine"));
      assert.equal(readConfig({ DATA_DIR: "/srv/parley" }).dataDir, "/srv/parley");
    } finally {
      process.chdir(here);
    }
  });

  it("any variable may come from a file that NAME_FILE names, and from one place alone", () => {
    const directory = mkdtempSync(join(tmpdir(), "parley-config-"));
    const file = (name: string, content: string): string => {
      writeFileSync(join(directory, name), content);
      return join(directory, name);
    };
    try {
      const url = file("url", `${external.DATABASE_URL}\n`);
      assert.deepEqual(readConfig({ DATABASE_URL_FILE: url }), readConfig(external));
      assert.equal(readConfig({ PORT_FILE: file("port", "1234") }).port, 1234);
      assertFault({ ...external, DATABASE_URL_FILE: url }, /DATABASE_URL and DATABASE_URL_FILE are both set/);
      assertFault({ PORT_FILE: join(directory, "none") }, /PORT_FILE is .*\(ENOENT\); allowed is the path of a file/);
      assertFault({ PORT_FILE: directory }, /\(EISDIR\)/);
      assertFault({ PORT_FILE: file("empty", " \n") }, /is empty/);
      assertFault({ PORT_FILE: file("long", "1".repeat(70_000)) }, /is too long/);
      const wrong = faultsOf({ DATABASE_URL_FILE: file("wrong", "secret without a scheme") });
      assert.ok(wrong.length > 0 && wrong.every((fault) => !fault.includes("secret")), wrong.join());
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("a name that is nearly one of ours is told of, and nobody else's is", () => {
    const meant = (name: string) => /is (\w+) meant\?$/.exec(misspellings({ [name]: "x" })[0] ?? "")?.[1];
    const cases = {
      DATABSE_URL: "DATABASE_URL",
      PARLEY_PORT: "PORT",
      PARLEY_DATABASE_URL: "DATABASE_URL",
      PROT: "PORT",
      DATADIR: "DATA_DIR",
      AUTH_JWKS_URI: "AUTH_JWKS_URL",
      log_level: "LOG_LEVEL",
      AUTH_ISSUER_FIEL: "AUTH_ISSUER_FILE",
    };
    for (const [name, known] of Object.entries(cases)) assert.equal(meant(name), known, name);
    for (const name of configNames()) assert.deepEqual(misspellings({ [name]: "x", [`${name}_FILE`]: "x" }), []);
    const others = ["HOME", "PATH", "HOSTNAME", "PGHOST", "NODE_OPTIONS", "DATABASE", "SHELL", "MAIL", "PWD", "PARLEY"];
    assert.deepEqual(misspellings(Object.fromEntries(others.map((name) => [name, "x"]))), []);
  });

  it("an own database has no demo, and migrates as itself unless told otherwise", () => {
    const url = external.DATABASE_URL;
    assert.deepEqual(readConfig(external).database, { kind: "external", url, migrateUrl: url, directUrl: null });
    assert.equal(readConfig(external).demo, false);
    const migrating = { ...external, MIGRATE_DATABASE_URL: "postgres://owner@db/parley" };
    assert.deepEqual(readConfig(migrating).database, {
      kind: "external",
      url,
      migrateUrl: "postgres://owner@db/parley",
      directUrl: null,
    });
  });

  it("a demo is for this machine alone: anything that says otherwise switches it off, and forbids it", () => {
    const beyond: readonly (readonly [Record<string, string>, RegExp])[] = [
      [auth, /AUTH_JWKS_URL is set, AUTH_ISSUER is set, AUTH_AUDIENCE is set/],
      [{ AUTH_ROLES: "none" }, /AUTH_ROLES is set/],
      [external, /DATABASE_URL is set/],
      [{ PUBLIC_URL: "https://p2p.example" }, /PUBLIC_URL is not this machine's own/],
      [{ PUBLIC_URL: "http://127.0.0.1.nip.example:8080" }, /PUBLIC_URL is not/],
      [{ RAIL_PUBLIC_URL: "https://rail.example" }, /RAIL_PUBLIC_URL is not/],
      [{ HOST: "0.0.0.0" }, /HOST is "0.0.0.0"/],
      [{ HOST: "::" }, /HOST is "::"/],
    ];
    for (const [env, said] of beyond) {
      assert.equal(readConfig(env).demo, false, JSON.stringify(env));
      assert.equal(readConfig({ ...env, DEMO: "0" }).demo, false);
      assertFault({ ...env, DEMO: "1" }, said);
      assertFault({ ...env, DEMO: "1" }, /allowed is DEMO=0/);
    }
    for (const HOST of ["localhost", "::1", "127.0.0.2"]) assert.equal(readConfig({ HOST }).demo, true);
    for (const PUBLIC_URL of ["http://localhost:8080", "http://[::1]:8080/x"])
      assert.equal(readConfig({ PUBLIC_URL, DATABASE_URL: "embedded", AUTH_ISSUER: " " }).demo, true);
  });

  it("banks of the sandbox are called back at private addresses on a machine of one's own, or where somebody says so", () => {
    const beyond = [
      external,
      { HOST: "0.0.0.0" },
      { PUBLIC_URL: "https://p2p.example" },
      { RAIL_PUBLIC_URL: "https://rail.example" },
    ];
    for (const env of beyond) {
      assert.equal(readConfig(env).railPrivateCallbacks, false, JSON.stringify(env));
      assert.equal(readConfig({ ...env, RAIL_PRIVATE_CALLBACKS: "1" }).railPrivateCallbacks, true);
    }
    assert.equal(readConfig({ HOST: "::1" }).railPrivateCallbacks, true);
    assert.equal(readConfig({ RAIL_PRIVATE_CALLBACKS: "0" }).railPrivateCallbacks, false);
  });

  it("the rail's times hold for production; in the sandbox no move of a phone waits", () => {
    const { aliasMoveHoldMs, searchAckMs } = railSettingsOf(readConfig({}));
    assert.deepEqual([aliasMoveHoldMs, searchAckMs], [{ sandbox: 0, production: 86_400_000 }, 10_000]);
    const other = railSettingsOf(readConfig({ ALIAS_MOVE_HOLD: "48", SEARCH_ACK_SECONDS: "3" }));
    assert.deepEqual([other.aliasMoveHoldMs.production, other.searchAckMs], [2 * 86_400_000, 3_000]);
  });

  it("a host platform is named completely or not at all", () => {
    const { auth: read } = readConfig(auth);
    assert.deepEqual([read?.issuer, read?.audience, [...(read?.roles ?? [])]], ["https://host.example", "parley", []]);
    assert.deepEqual([...(readConfig({ ...auth, AUTH_ROLES: "platform" }).auth?.roles ?? [])], ["platform"]);
    assert.deepEqual([...(readConfig({ ...auth, AUTH_ROLES: "none" }).auth?.roles ?? ["?"])], []);
    assertFault({ AUTH_ISSUER: "x" }, /AUTH_JWKS_URL and AUTH_AUDIENCE missing/);
    assertFault(
      { ...auth, AUTH_ROLES: "platform,king" },
      /"king"; allowed is a list of operator, rail_operator, platform/,
    );
    assertFault({ ...auth, AUTH_ISSUER: "parley" }, /names our own tokens/);
    assert.deepEqual([read?.stepUp, readConfig({ ...auth, HOST_STEP_UP: "1" }).auth?.stepUp], [false, true]);
    assertFault({ HOST_STEP_UP: "1" }, /HOST_STEP_UP is 1 without a host platform/);
  });

  it("keys are fetched by https, or by http from this machine", () => {
    for (const host of ["127.0.0.1:1", "localhost", "[::1]:9"])
      assert.ok(readConfig({ ...auth, AUTH_JWKS_URL: `http://${host}/` }).auth);
    for (const url of ["http://host.example/", "http://127.0.0.1.evil.example/", "http://localhost.evil/"])
      assertFault({ ...auth, AUTH_JWKS_URL: url }, /allowed is https, or http on a loopback host/);
    assertFault({ ...auth, AUTH_JWKS_URL: "file:///x" }, /AUTH_JWKS_URL is not a URL/);
  });

  it("public addresses lose their last slash", () => {
    assert.equal(readConfig({ PUBLIC_URL: "https://p2p.example/x/" }).publicUrl, "https://p2p.example/x");
    assertFault({ PUBLIC_URL: "p2p.example" }, /PUBLIC_URL is not a URL/);
    assertFault({ RAIL_PUBLIC_URL: "https://a.example/?x" }, /without user, query and fragment/);
  });

  it("metrics are where only this machine can ask for them, or where somebody says", () => {
    const remote = { HOST: "0.0.0.0", DEMO: "0" };
    assert.equal(readConfig(remote).metricsPort, null);
    assert.equal(readConfig({ ...remote, METRICS_PORT: "9100" }).metricsPort, 9100);
    assert.equal(readConfig({ PORT: "9000" }).metricsPort, 0, "a second installation takes any port");
    assertFault({ METRICS_PORT: "8080" }, /METRICS_PORT is 8080.*one of its own/);
  });

  it("proxies, origins and rates are what they look like, or refused", () => {
    const { bounds } = readConfig({
      TRUSTED_PROXIES: "10.0.0.0/8, ::1",
      CORS_ORIGINS: "https://app.example,http://localhost:5173",
      READS_PER_10_SECONDS: "10",
    });
    assert.deepEqual(bounds.trustedProxies, ["10.0.0.0/8", "::1"]);
    assert.deepEqual(bounds.corsOrigins, ["https://app.example", "http://localhost:5173"]);
    assert.equal(bounds.rates.reads, 10);
    for (const TRUSTED_PROXIES of ["*", "proxy", "10.0.0.0/33", "10.0.0/8", "1.2.3.4,", "::/-1"])
      assertFault({ TRUSTED_PROXIES }, /TRUSTED_PROXIES is .* such as 10.0.0.0\/8/);
    for (const CORS_ORIGINS of ["*", "app.example", "https://app.example/", "https://app.example/x", "null"])
      assertFault({ CORS_ORIGINS }, /CORS_ORIGINS is .* such as https:\/\/app.example/);
    assertFault({ ANONYMOUS_READS_PER_10_SECONDS: "0" }, /whole number from 1/);
  });

  it("whoever frames the app does so by https, or is this machine, and cannot write into a policy", () => {
    const given = "https://app.example,https://app.example:8443,http://localhost:3000,http://[::1]:3000";
    assert.deepEqual(readConfig({ EMBED_ORIGINS: given }).embedOrigins, given.split(","));
    assert.deepEqual(readConfig({}).embedOrigins, []);
    for (const EMBED_ORIGINS of [
      "*",
      "null",
      "'self'",
      "app.example",
      "http://app.example",
      "https://app.example/",
      "https://*.example",
      "https://app.example;script-src",
      'https://a"onload=1',
    ])
      assertFault({ EMBED_ORIGINS }, /EMBED_ORIGINS is .* such as https:\/\/app.example/);
  });

  it("each wrong value is named with what is allowed", () => {
    for (const PORT of ["x", "-1", "65536", "80.5", "1e3", "0x50"]) assertFault({ PORT }, /PORT is .* from 0 to 65535/);
    assertFault({ PORT: "9000", RAIL_PORT: "9000" }, /two different ports/);
    assertFault({ DEMO: "yes" }, /DEMO is "yes"; allowed is 0, 1/);
    assertFault({ LOG_LEVEL: "loud" }, /allowed is fatal, error/);
    assertFault({ PREPARED_STATEMENTS: "off" }, /allowed is named, unnamed/);
    assertFault({ FIAT_CURRENCIES: "RUB,usd" }, /such as RUB,USD/);
    assertFault({ FIAT_CURRENCIES: "RUB,RUB" }, /different codes/);
    assertFault({ PAY_WINDOW_MINUTES: "1" }, /from 5 to 1440/);
    assertFault({ WAGERING_MULTIPLIER: "1.5" }, /whole number/);
    for (const RATE_BAND of ["RUB", "RUB:0-5", "RUB:5-4", "RUB:1-1000001", "rub:1-2", "RUB:1-2,RUB:3-4", "RUB:1-2,"])
      assertFault({ RATE_BAND }, /RATE_BAND is .* such as RUB:50-200,USD:7000-12000/);
    assert.deepEqual(readConfig({ RATE_BAND: "RUB:90-110, USD:7000-12000" }).rateBands.USD, {
      min: 7_000,
      max: 12_000,
    });
    assertFault({ MIN_ORDER_AMOUNT: "0" }, /from 1 to/);
    assertFault({ MIGRATE_DATABASE_URL: "postgres://x" }, /without DATABASE_URL/);
    assert.deepEqual([readConfig({ PORT: "0", RAIL_PORT: "0" }).port, readConfig({ PORT: "" }).port], [0, 8080]);
  });

  it("all faults come at once, and no password with them", () => {
    const env = { PORT: "x", LOG_LEVEL: "x", DEMO: "2", AUTH_ISSUER: "x", DATABASE_URL: "mysql://root:hunter2@db" };
    assert.equal(faultsOf(env).length, 5);
    assert.throws(
      () => readConfig(env),
      (error: Error) =>
        error.message.startsWith("The configuration has 5 faults:\n  ") && !error.message.includes("hunter2"),
    );
  });
});
