/** A forgotten password by mail: who gets a link, who learns nothing, and what becomes of it when the mail server is away. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { ConfigError, readConfig } from "../../src/config.ts";
import { type Mailbox, openMailbox, type Received, textOf } from "../support/mailbox.ts";
import { eventually, type Market, startMarket } from "../support/market.ts";
import { assertCode, freshLogin, openBrowser, PASSWORD, type Person, signIn, signUp } from "../support/people.ts";

let mailbox: Mailbox;
let market: Market;
let network = 0;

before(async () => {
  mailbox = await openMailbox();
  market = await startMarket({
    nodes: 2,
    env: {
      SIGN_UP: "open",
      TRUSTED_PROXIES: "127.0.0.1",
      SMTP_URL: mailbox.url,
      MAIL_FROM: "no-reply@parley.example",
    },
  });
});
after(async () => {
  await market.end();
  await mailbox.close();
});

const freshAddress = (): string => `10.1.${++network >> 8}.${network & 255}`;
const stranger = () => openBrowser(market, freshAddress());
const freshMail = (): string => `ann.${randomBytes(6).toString("hex")}@example.org`;
const withMail = (login = freshMail()): Promise<Person> => signUp(market, { login }, freshAddress());

const askFor = (login: string, language = "en", browser = stranger()) =>
  browser.call("POST", "/identity/recover", { login, language });

const mailsTo = (login: string): readonly Received[] => mailbox.mails.filter(({ to }) => to.includes(login));
const mailTo = (login: string, count = 1): Promise<Received> =>
  eventually(async () => mailsTo(login).length >= count && mailsTo(login).at(-1), `mail ${count}`);
const codeIn = (mail: Received): string => /\/recover\?code=([\w-]{43})/.exec(textOf(mail))?.[1] ?? "";

/** Until everything that was asked for has been looked at. */
const settled = () =>
  eventually(async () => (await market.sql("select from identity.recovery_mails")).length === 0, "an empty queue");

describe("a link by mail", () => {
  test("sets a new password once, ends what was open, and leads to our own address", async () => {
    const ann = await withMail();
    const reply = await askFor(ann.login.toUpperCase());
    assert.deepEqual([reply.status, reply.text], [204, ""]);
    const mail = await mailTo(ann.login);
    assert.deepEqual([mail.from, mail.to], ["no-reply@parley.example", [ann.login]]);
    assert.ok(
      textOf(mail).includes(`${market.nodes[0]?.address}/recover?code=`) ||
        textOf(mail).includes(`${market.nodes[1]?.address}/recover?code=`),
    );
    const set = (password: string) => stranger().call("POST", "/identity/reset", { code: codeIn(mail), password });
    assert.equal((await set("another good one")).status, 204);
    assertCode(await set("a third good one"), 403, "LINK_OVER");
    assertCode(await ann.call("GET", "/wallet"), 401, "UNAUTHORIZED");
    assertCode(await signIn(stranger(), ann.login), 401, "SIGN_IN_FAILED");
    assert.equal((await signIn(stranger(), ann.login, "another good one")).status, 200);
  });

  for (const [language, subject, sentence] of [
    ["en", "A new password for Parley", "The link works once, for an hour"],
    ["ru", "Новый пароль для Parley", "Ссылка действует один раз, в течение часа"],
    ["uk", "Новий пароль для Parley", "Посилання діє один раз, протягом години"],
  ] as const)
    test(`speaks ${language}, and says nothing that anybody else wrote`, async () => {
      const ann = await signUp(market, { login: freshMail(), name: "Click evil.example" }, freshAddress());
      await askFor(ann.login, language);
      const mail = await mailTo(ann.login);
      assert.ok(textOf(mail).includes(sentence), textOf(mail));
      const [, given = ""] = /^Subject: ((?:.|\r\n )*)/m.exec(mail.raw) ?? [];
      const words = [...given.matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi)].map(([, how, text = ""]) =>
        how?.toUpperCase() === "B"
          ? Buffer.from(text, "base64").toString("utf8")
          : Buffer.from(
              text
                .replaceAll("_", " ")
                .replaceAll(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
              "latin1",
            ).toString("utf8"),
      );
      assert.equal(words.length === 0 ? given.trim() : words.join(""), subject);
      assert.ok(!mail.raw.includes("evil.example"));
    });

  test("is over after an hour", async () => {
    const ann = await withMail();
    await askFor(ann.login);
    const code = codeIn(await mailTo(ann.login));
    await market.sql(`update identity.resets set expires_at = now() where person_id = '${ann.id}'`);
    assertCode(await stranger().call("POST", "/identity/reset", { code, password: PASSWORD }), 403, "LINK_OVER");
  });

  test("stands nowhere in the database", async () => {
    const ann = await withMail();
    await askFor(ann.login);
    const code = codeIn(await mailTo(ann.login));
    for (const table of ["resets", "recovery_mails", "acts", "keys", "notices"]) {
      const rows = await market.sql(`select t::text as row from identity.${table} t`);
      assert.ok(
        rows.every(({ row }) => !row.includes(code)),
        table,
      );
    }
  });
});

describe("who asks for a link", () => {
  test("learns nothing: there, not there, without an address: all are answered alike (F194)", async () => {
    const [ann, bob] = [await withMail(), await signUp(market, {}, freshAddress())];
    const logins = [
      ann.login,
      freshMail(),
      bob.login,
      freshLogin(),
      bob.id,
      "not @ login",
      "a@b\r\nBcc: evil@example.org",
    ];
    const replies = [];
    for (const login of logins) replies.push(await askFor(login));
    const seen = replies.map(({ status, text, headers }) =>
      [status, text, Object.keys(headers).sort().join()].join(" "),
    );
    assert.equal(new Set(seen).size, 1, seen.join("\n"));
    await mailTo(ann.login);
    await settled();
    for (const login of logins.slice(1)) assert.deepEqual(mailsTo(login), []);
    assert.ok(mailbox.mails.every(({ to }) => to.length === 1 && !to.includes("evil@example.org")));
  });

  test("may ask three times for one login in fifteen minutes, whether anybody has it or not", async () => {
    const ann = await withMail();
    for (const login of [ann.login, freshMail()]) {
      const statuses: number[] = [];
      for (let count = 0; count < 4; count++) statuses.push((await askFor(login)).status);
      assert.deepEqual(statuses, [204, 204, 204, 429]);
      const refused = await askFor(login);
      assertCode(refused, 429, "RATE_LIMITED");
      assert.ok(Number(refused.headers["retry-after"]) > 600);
    }
    await mailTo(ann.login, 3);
  });

  test("may ask twenty times from one address", async () => {
    const browser = stranger();
    const statuses: number[] = [];
    for (let count = 0; count < 21; count++) statuses.push((await askFor(freshMail(), "en", browser)).status);
    assert.deepEqual(statuses, [...Array(20).fill(204), 429]);
  });

  test("fills nobody's mailbox: three links are open at the most", async () => {
    const ann = await withMail();
    for (let round = 0; round < 2; round++) {
      for (let count = 0; count < 3; count++) assert.equal((await askFor(ann.login)).status, 204);
      await market.sql("delete from identity.attempts where scope = 'recovery by login'");
    }
    await mailTo(ann.login, 3);
    await settled();
    assert.equal(mailsTo(ann.login).length, 3);
  });

  test("needs a page of ours, and a language of ours", async () => {
    const { bare } = stranger();
    const body = { login: freshMail(), language: "en" };
    const headers = { origin: "https://evil.example", "parley-client": "test" };
    assertCode(await bare("POST", "/identity/recover", body, { headers }), 403, "CROSS_SITE");
    assertCode(await askFor(freshMail(), "xx"), 400, "VALIDATION_ERROR");
  });

  test("is told beforehand whether mail is sent here", async () => {
    assert.equal((await market.stranger("GET", "/identity/session")).body.recovery_mail, true);
  });
});

describe("a mail server that is away", () => {
  test("is asked again later, with another link; the first was never good", async () => {
    const ann = await withMail();
    mailbox.refuse(1);
    const before = mailbox.offered();
    await askFor(ann.login);
    await eventually(async () => mailbox.offered() > before, "the first try");
    const waiting = await eventually(async () => {
      const rows = await market.sql(`select attempts, due_at > now() as later from identity.recovery_mails
        where login = '${ann.login}' and attempts = 1 and due_at < now() + interval '90 seconds'`);
      return rows.length > 0 && rows[0];
    }, "the postponed mail");
    assert.deepEqual(waiting, { attempts: 1, later: true });
    const open = await market.sql(`select from identity.resets where person_id = '${ann.id}'`);
    assert.equal(open.length, 0);
    await market.sql(`update identity.recovery_mails set due_at = now() where login = '${ann.login}'`);
    const code = codeIn(await mailTo(ann.login));
    assert.equal((await stranger().call("POST", "/identity/reset", { code, password: `${PASSWORD} 2` })).status, 204);
    await settled();
  });

  test("is given up after five tries", async () => {
    const ann = await withMail();
    mailbox.refuse(1);
    await market.sql(
      `insert into identity.recovery_mails (login, language, attempts) values ('${ann.login}', 'en', 4)`,
    );
    await settled();
    assert.deepEqual(mailsTo(ann.login), []);
    assert.equal((await market.sql(`select from identity.resets where person_id = '${ann.id}'`)).length, 0);
  });
});

describe("an installation without mail", () => {
  test("says so, and sends none", async () => {
    const other = await startMarket({ env: { SIGN_UP: "open" } });
    try {
      assert.equal((await other.stranger("GET", "/identity/session")).body.recovery_mail, false);
      const reply = await openBrowser(other).call("POST", "/identity/recover", { login: freshMail(), language: "en" });
      assertCode(reply, 404, "NOT_FOUND");
    } finally {
      await other.end();
    }
  });

  for (const [what, env, sentence] of [
    ["a sender without a server", { MAIL_FROM: "a@b.example" }, /MAIL_FROM is set without SMTP_URL/],
    ["a server without a sender", { SMTP_URL: "smtp://mail.example" }, /SMTP_URL is set without MAIL_FROM/],
    [
      "another protocol",
      { SMTP_URL: "http://user:secret@mail.example", MAIL_FROM: "a@b.example" },
      /smtp:\/\/ or smtps:\/\//,
    ],
    [
      "a sender that is no address",
      { SMTP_URL: "smtp://mail.example", MAIL_FROM: "Parley <a@b>" },
      /MAIL_FROM is "Parley/,
    ],
    [
      "no address for its links",
      { SMTP_URL: "smtp://mail.example", MAIL_FROM: "a@b.example", HOST: "0.0.0.0", DEMO: "0" },
      /SMTP_URL is set without PUBLIC_URL/,
    ],
  ] as const)
    test(`does not start with ${what}, and does not show a password`, () => {
      assert.throws(
        () => readConfig(env),
        (error) => error instanceof ConfigError && sentence.test(error.message) && !error.message.includes("secret"),
      );
    });
});
