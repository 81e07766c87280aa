import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type JsonObject, type JsonValue, parseJson } from "../../src/jws/index.ts";
import { type Instant, instant, isRefusal } from "../../src/kernel/index.ts";
import { parseDraft } from "../../src/rail/orders/index.ts";
import {
  bankCodeOf,
  FIXTURE_ACCOUNT,
  parseAmount,
  parseCurrency,
  parseExternalId,
  parseGuid,
  parseInstant,
  parseJti,
  parseOwnAccount,
  parsePhone,
  parsePurpose,
} from "../../src/rail/parsers/index.ts";
import { DEFAULT_RAIL_SETTINGS } from "../../src/rail/settings.ts";
import type { Participant } from "../../src/rail/tables/index.ts";

/** The ISO 13616 registry's own example for Ukraine. */
const ACCOUNT = "UA213223130000026007233566001";
const CODE = "322313";

const amountOf = (written: string) => parseAmount(parseJson(written));

describe("an amount", () => {
  const TAKEN: readonly (readonly [string, bigint])[] = [
    ["1500.75", 150_075n],
    ["7", 700n],
    ["7.5", 750n],
    ["7.50", 750n],
    ["0.01", 1n],
    ["0.1", 10n],
    ["0.3", 30n],
    ["10", 1_000n],
    ["100.00", 10_000n],
    ["999999999", 99_999_999_900n],
    ["999999999.99", 99_999_999_999n],
    // What a float would make 0.57 hundredths of: 56.99999999999999.
    ["0.57", 57n],
    ["1.15", 115n],
    ["8.29", 829n],
    ["90071992.55", 9_007_199_255n],
  ];
  for (const [written, minor] of TAKEN)
    it(`${written} is ${minor} hundredths, and stays as it was written`, () => {
      assert.deepEqual(amountOf(written), { minor, text: written });
    });

  const REFUSED = [
    ...["1500.750", "0.000", "0.001", "0.30000000000000004", "1.999"],
    ...["1e3", "1E3", "1.5e1", "1e0", "1e-2", "1e+2", "15e1000"],
    ...["0", "0.0", "0.00", "-0", "-0.0", "-0.00", "-1", "-0.01"],
    ...["1000000000", "1000000000.00", "999999999.990", "999999999.999", "12345678901234567890"],
  ];
  for (const written of REFUSED)
    it(`${written} is refused`, () => {
      assert.equal(amountOf(written), null);
    });

  for (const written of ['"7"', '"7.50"', "null", "true", "[7]", '{"number":"7"}', '""'])
    it(`${written} is not a number`, () => {
      assert.equal(amountOf(written), null);
    });

  for (const written of ["01", "00.5", "+1", ".5", "5.", "0x10", "1_000", "1,5", "Infinity", "NaN", "--1", "1.-5"])
    it(`${written} is not JSON at all`, () => {
      assert.throws(() => parseJson(written));
    });

  it("each hundredth up to a hundred, and those around every power of ten, is what its digits say", () => {
    const check = (minor: bigint) => {
      const written = `${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`;
      assert.deepEqual(amountOf(written), { minor, text: written });
    };
    for (let minor = 1n; minor <= 10_000n; minor++) check(minor);
    for (let power = 100n; power <= 10_000_000_000n; power *= 10n)
      for (let near = power - 50n; near <= power + 50n; near++) check(near);
  });
});

const REFUSED_PHONES: readonly string[] = [
  "",
  "380991234567",
  "+38099123456",
  "+3809912345678",
  "+380 991234567",
  "+380-99-123-45-67",
  " +380991234567",
  "+380991234567 ",
  "+380991234567\n",
  "+48501234567",
  "00380991234567",
  "+38099123456a",
  "+380٠٩٩١٢٣٤٥٦",
  "＋380991234567",
  "tel:+380991234567",
];

describe("a phone", () => {
  const { phonePattern } = DEFAULT_RAIL_SETTINGS;
  it("is +380 and nine digits", () => {
    for (const phone of ["+380991234567", "+380000000000", "+380999999999"])
      assert.equal(parsePhone(phone, phonePattern), phone);
  });
  for (const phone of REFUSED_PHONES)
    it(`${JSON.stringify(phone)} is refused`, () => {
      assert.equal(parsePhone(phone, phonePattern), null);
    });
  it("is a text", () => {
    for (const value of [undefined, null, true, { number: "380991234567" }, ["+380991234567"]])
      assert.equal(parsePhone(value, phonePattern), null);
  });
  it("has the form that the scheme is configured with", () => {
    assert.equal(parsePhone("+48501234567", /^\+48\d{9}$/), "+48501234567");
    assert.equal(parsePhone("+380991234567", /^\+48\d{9}$/), null);
  });
});

describe("an account", () => {
  const own = { bankCodes: [CODE], fixtureAllowed: false };
  it("is an IBAN of one of the caller's bank codes", () => {
    assert.equal(parseOwnAccount(ACCOUNT, own), ACCOUNT);
    assert.equal(parseOwnAccount(ACCOUNT, { ...own, bankCodes: ["305299", CODE] }), ACCOUNT);
    assert.equal(parseOwnAccount(ACCOUNT, { ...own, bankCodes: ["305299"] }), null);
    assert.equal(parseOwnAccount(ACCOUNT, { ...own, bankCodes: [] }), null);
    assert.equal(bankCodeOf(ACCOUNT), CODE);
  });

  it("has the check digits of ISO 13616, and no others", () => {
    for (let digits = 0; digits < 100; digits++) {
      const account = `UA${String(digits).padStart(2, "0")}${ACCOUNT.slice(4)}`;
      assert.equal(parseOwnAccount(account, own), account === ACCOUNT ? account : null);
    }
  });

  it("with any two neighbouring digits changed over is refused", () => {
    for (let at = 4; at < ACCOUNT.length - 1; at++) {
      const [a, b] = [ACCOUNT.charAt(at), ACCOUNT.charAt(at + 1)];
      if (a === b) continue;
      const swapped = `${ACCOUNT.slice(0, at)}${b}${a}${ACCOUNT.slice(at + 2)}`;
      const anyBank = { bankCodes: [swapped.slice(4, 10)], fixtureAllowed: false };
      assert.equal(parseOwnAccount(swapped, anyBank), null);
    }
  });

  const REFUSED: readonly (readonly [string, JsonValue])[] = [
    ["28 characters", ACCOUNT.slice(0, -1)],
    ["30 characters", `${ACCOUNT}0`],
    ["small letters", ACCOUNT.toLowerCase()],
    ["blanks as people write it", "UA21 3223 1300 0002 6007 2335 6600 1"],
    ["a blank after", `${ACCOUNT} `],
    ["a line break after", `${ACCOUNT}\n`],
    ["an account of elsewhere", "GB29NWBK60161331926819"],
    ["digits of another script", ACCOUNT.replace("0", "٠")],
    ["nothing", ""],
    ["a number", { number: "322313" }],
    ["null", null],
  ];
  for (const [name, account] of REFUSED)
    it(`${name}: is refused`, () => {
      assert.equal(parseOwnAccount(account, own), null);
      assert.equal(parseOwnAccount(account, { ...own, fixtureAllowed: true }), null);
    });

  it("of the published example is everybody's in the sandbox, and nobody's in production", () => {
    const itsCode = FIXTURE_ACCOUNT.slice(4, 10);
    assert.equal(FIXTURE_ACCOUNT, "UA41003506518366713636167");
    assert.equal(parseOwnAccount(FIXTURE_ACCOUNT, { bankCodes: [], fixtureAllowed: true }), FIXTURE_ACCOUNT);
    assert.equal(parseOwnAccount(FIXTURE_ACCOUNT, { bankCodes: [itsCode], fixtureAllowed: false }), null);
  });
});

describe("a currency and an external id", () => {
  it("a currency is three capital letters", () => {
    for (const currency of ["UAH", "USD", "XXX"]) assert.equal(parseCurrency(currency), currency);
    for (const currency of ["uah", "UA", "UAHH", "UAH ", " UAH", "UAH\n", "980", "UА\u041d", "", null, undefined])
      assert.equal(parseCurrency(currency), null);
  });

  it("an external id is 1 to 64 visible ASCII characters", () => {
    for (const id of ["1", "112663", "!", "~", "a/b?c#d%00", "x".repeat(64)]) assert.equal(parseExternalId(id), id);
    for (const id of [
      "",
      "x".repeat(65),
      "a b",
      " a",
      "a\n",
      "a\t",
      "é",
      "\u007f",
      "\u0000",
      "１",
      { number: "112663" },
    ])
      assert.equal(parseExternalId(id), null);
  });

  it("a guid is a UUID, and capitals are the same one", () => {
    assert.equal(parseGuid("d1f54a9f-50d3-4a16-b5a8-e79a45160a8b"), "d1f54a9f-50d3-4a16-b5a8-e79a45160a8b");
    assert.equal(parseGuid("D1F54A9F-50D3-4A16-B5A8-E79A45160A8B"), "d1f54a9f-50d3-4a16-b5a8-e79a45160a8b");
    for (const guid of [
      "d1f54a9f50d34a16b5a8e79a45160a8b",
      "{d1f54a9f-50d3-4a16-b5a8-e79a45160a8b}",
      "d1f54a9f-50d3-4a16-b5a8-e79a45160a8",
      "b5a8-e79a45160a8b-d1f54a9f-50d3-4a16-",
      "d1f54a9f-50d3-4a16-b5a8-e79a45160a8b\n",
      "",
      undefined,
    ])
      assert.equal(parseGuid(guid), null);
  });
});

describe("lengths are in code points", () => {
  it("a jti has 1 to 128 of them", () => {
    for (const jti of ["1", " ", "é", "x".repeat(128), "😀".repeat(128)]) assert.equal(parseJti(jti), jti);
    for (const jti of ["", "x".repeat(129), "😀".repeat(129), null, undefined, { number: "1234567890" }])
      assert.equal(parseJti(jti), null);
  });

  it("a purpose has 1 to 420 of them", () => {
    for (const text of ["x", "x".repeat(420), "😀".repeat(420), "Ї".repeat(420)])
      assert.equal(parsePurpose(text), text);
    for (const text of ["", "x".repeat(421), "😀".repeat(421)]) assert.equal(parsePurpose(text), null);
  });

  it("a flag is two of them", () => {
    const flag = "🇺🇦";
    assert.equal(parsePurpose(flag.repeat(210)), flag.repeat(210));
    assert.equal(parsePurpose(`${flag.repeat(210)}x`), null);
  });
});

describe("a purpose", () => {
  it("is any text that people can read", () => {
    for (const text of [
      "Replenishment of own account",
      "Поповнення рахунку № 7 «Їжак»",
      "שלום",
      "سلام",
      "a\u00a0b",
      "日本",
    ])
      assert.equal(parsePurpose(text), text);
  });

  it("is in NFC", () => {
    for (const text of ["\u0457", "\u00e9", "\u0439"]) {
      assert.equal(parsePurpose(text), text);
      assert.notEqual(text.normalize("NFD"), text);
      assert.equal(parsePurpose(text.normalize("NFD")), null);
    }
    // The sign of Ångström, which NFC writes as a letter.
    assert.equal(parsePurpose("\u212b"), null);
  });

  it("holds no control character", () => {
    for (let code = 0; code < 0xa0; code++) {
      const control = code < 0x20 || code >= 0x7f;
      const text = `a${String.fromCharCode(code)}b`;
      assert.equal(parsePurpose(text), control ? null : text, `U+${code.toString(16)}`);
    }
  });

  it("holds nothing that turns a text around, breaks its line, or takes no room in it", () => {
    for (const code of [
      ...[0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
      ...[0x2028, 0x2029],
      ...[0x00ad, 0x034f, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x2061, 0x3164, 0xfeff, 0xffa0, 0xe0041],
    ])
      assert.equal(parsePurpose(`100${String.fromCodePoint(code)}001`), null, `U+${code.toString(16)}`);
  });

  it("is more than blanks, whatever blanks they are", () => {
    for (const blank of [" ", "\u00a0", "\u1680", "\u2003", "\u202f", "\u205f", "\u3000", "\u2800", "\ufe0f"])
      for (const text of [blank, blank.repeat(420), ` ${blank} `])
        assert.equal(parsePurpose(text), null, `U+${blank.codePointAt(0)?.toString(16)}`);
    for (const text of [" x", "x\u3000", "❤"]) assert.equal(parsePurpose(text), text);
  });

  it("is measured before it is looked at: the longest that a token holds takes no time", () => {
    const began = performance.now();
    for (const text of ["\u0301", "\u200b", " ", "\ud83d\ude00", "a\u0323\u0307"])
      for (let turn = 0; turn < 1_000; turn++) assert.equal(parsePurpose(text.repeat(16_384)), null);
    assert.ok(performance.now() - began < 1_000);
  });
});

describe("an instant of RFC 3339", () => {
  const at = (iso: string): Instant => instant(Date.parse(iso));
  const TAKEN: readonly (readonly [string, string])[] = [
    ["2025-12-31T23:59:59Z", "2025-12-31T23:59:59.000Z"],
    ["2025-12-31t23:59:59z", "2025-12-31T23:59:59.000Z"],
    ["2025-12-31T23:59:59.1Z", "2025-12-31T23:59:59.100Z"],
    ["2025-12-31T23:59:59.123Z", "2025-12-31T23:59:59.123Z"],
    ["2025-12-31T23:59:59.999999999Z", "2025-12-31T23:59:59.999Z"],
    ["2025-12-31T23:59:59.1234567890123Z", "2025-12-31T23:59:59.123Z"],
    ["2025-12-31T23:59:59+02:00", "2025-12-31T21:59:59.000Z"],
    ["2025-12-31T23:59:59-05:30", "2026-01-01T05:29:59.000Z"],
    ["2025-12-31T23:59:59+00:00", "2025-12-31T23:59:59.000Z"],
    ["2025-12-31T23:59:59-00:00", "2025-12-31T23:59:59.000Z"],
    ["2025-01-01T00:00:00+23:59", "2024-12-31T00:01:00.000Z"],
    ["2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000Z"],
    ["2000-02-29T12:00:00Z", "2000-02-29T12:00:00.000Z"],
    ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000Z"],
  ];
  for (const [written, meant] of TAKEN)
    it(`${written} is ${meant}`, () => {
      assert.equal(parseInstant(written), at(meant));
    });

  const REFUSED = [
    "2025-02-29T12:00:00Z",
    "2100-02-29T12:00:00Z",
    "2025-06-31T12:00:00Z",
    "2025-00-10T12:00:00Z",
    "2025-13-10T12:00:00Z",
    "2025-12-00T12:00:00Z",
    "2025-12-32T12:00:00Z",
    "2025-12-31T24:00:00Z",
    "2025-12-31T23:60:00Z",
    "2025-12-31T23:59:61Z",
    "2025-12-31T23:59:59",
    "2025-12-31T23:59Z",
    "2025-12-31",
    "2025-12-31 23:59:59Z",
    "20251231T235959Z",
    "2025-12-31T23:59:59.Z",
    "2025-12-31T23:59:59,5Z",
    "2025-12-31T23:59:59+0200",
    "2025-12-31T23:59:59+02",
    "2025-12-31T23:59:59+24:00",
    "2025-12-31T23:59:59+02:60",
    "2025-12-31T23:59:59Z ",
    " 2025-12-31T23:59:59Z",
    "2025-12-31T23:59:59Z\n",
    "25-12-31T23:59:59Z",
    "+002025-12-31T23:59:59Z",
    "12025-12-31T23:59:59Z",
    "-2025-12-31T23:59:59Z",
    "2025-W52-3T23:59:59Z",
    "Wed, 31 Dec 2025 23:59:59 GMT",
    "1767225599",
    "tomorrow",
    "",
  ];
  for (const written of REFUSED)
    it(`${JSON.stringify(written)} is none`, () => {
      assert.equal(parseInstant(written), null);
    });

  it("the year 0 is never taken for 1900", () => {
    for (const written of ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "0099-12-31T23:59:59Z"]) {
      const read = parseInstant(written);
      assert.ok(read === null || read < at("0100-01-01T00:00:00Z"), written);
    }
  });

  it("what an offset carries beyond the year 9999 is none: no database keeps it as it was", () => {
    assert.equal(parseInstant("9999-12-31T23:59:59-00:01"), null);
  });
});

const PARTICIPANT: Participant = {
  guid: "00000000-0000-4000-8000-000000000001",
  mode: "production",
  createdAt: instant(0),
  createdBy: "operator",
  name: "Bank",
  bankCodes: [CODE],
  callbackUrl: null,
  callbackProvenAt: null,
  challenge: null,
  deeplinkUrl: null,
  profile: "strong",
  receiverSearch: true,
  state: "active",
  maintenance: [],
  maintenanceSetAt: null,
};

type Payload = Readonly<Record<string, unknown>>;
const PHONE_ORDER: Payload = {
  jti: "1",
  creditor: { phone: "+380991234567" },
  debtor: { account: ACCOUNT },
  expires_at: "2027-12-31T23:59:59Z",
  amount: 1500.75,
  currency: "UAH",
  external_id: "112663",
  purpose: "Replenishment of own account",
  type: "phone",
};
const { debtor: _debtor, ...REST } = PHONE_ORDER;
const LINK_ORDER: Payload = { ...REST, creditor: { account: ACCOUNT }, type: "link" };

const draftOf = (payload: Payload, participant: Participant = PARTICIPANT) =>
  parseDraft(parseJson(JSON.stringify(payload)) as JsonObject, participant, DEFAULT_RAIL_SETTINGS);

/** What the reader refuses at once, or has the command refuse after its own checks. */
const codeOf = (payload: Payload): string | null => {
  const draft = draftOf(payload);
  return isRefusal(draft) ? draft.refusal : (draft.afterExpiry?.refusal ?? null);
};

/** A fault and what it changes; in the order in which the contract has them found. */
type Fault = readonly [name: string, code: string, change: Payload];

const INVALID_FORM: readonly Fault[] = [
  ["amount null", "INVALID_REQUEST", { amount: null }],
  ["amount as a text", "INVALID_REQUEST", { amount: "1500.75" }],
  ["amount 0", "INVALID_REQUEST", { amount: 0 }],
  ["amount too large", "INVALID_REQUEST", { amount: 1_000_000_000 }],
  ["currency null", "INVALID_REQUEST", { currency: null }],
  ["currency a number", "INVALID_REQUEST", { currency: 980 }],
  ["external_id a number", "INVALID_REQUEST", { external_id: 112_663 }],
  ["purpose a list", "INVALID_REQUEST", { purpose: ["x"] }],
  ["expires_at a number", "INVALID_REQUEST", { expires_at: 1_767_225_599 }],
  ["expires_at null", "INVALID_REQUEST", { expires_at: null }],
  ["type null", "INVALID_REQUEST", { type: null }],
  ["type true", "INVALID_REQUEST", { type: true }],
  ["creditor a text", "INVALID_REQUEST", { creditor: "+380991234567" }],
  ["creditor null", "INVALID_REQUEST", { creditor: null }],
  ["creditor.phone a number", "INVALID_REQUEST", { creditor: { phone: 380_991_234_567 } }],
  ["creditor.account null", "INVALID_REQUEST", { creditor: { phone: "+380991234567", account: null } }],
  ["debtor a list", "INVALID_REQUEST", { debtor: [] }],
  ["debtor.account null", "INVALID_REQUEST", { debtor: { account: null } }],
];

const BY_PHONE: readonly Fault[] = [
  ["no such type", "INVALID_TYPE", { type: "Phone" }],
  [
    "debtor.account of another bank",
    "INVALID_DEBTOR_ACCOUNT",
    { debtor: { account: "UA903052992990004149123456789" } },
  ],
  ["no phone at all", "INVALID_CREDITOR_PHONE", { creditor: { phone: "380991234567" } }],
  ["currency in small letters", "INVALID_CURRENCY", { currency: "uah" }],
  ["a currency of others", "UNSUPPORTED_CURRENCY", { currency: "USD" }],
  ["external_id with a blank", "INVALID_EXTERNAL_ID", { external_id: "a b" }],
  ["expires_at unparsable", "EXPIRES_AT_IS_NOT-FUTURE_DATE", { expires_at: "tomorrow" }],
  ["an empty purpose", "INVALID_PURPOSE", { purpose: "" }],
  ["an account for a phone", "INVALID_CREDITOR_ACCOUNT", { creditor: { phone: "+380991234567", account: ACCOUNT } }],
];

const BY_LINK: readonly Fault[] = [
  ["no such type", "INVALID_TYPE", { type: "" }],
  ["a debtor for a link", "INVALID_DEBTOR_ACCOUNT", { debtor: { account: ACCOUNT } }],
  ["a phone for a link", "INVALID_CREDITOR_PHONE", { creditor: { account: ACCOUNT, phone: "+380991234567" } }],
  ...BY_PHONE.slice(3, 8),
  ["creditor.account of nobody", "INVALID_CREDITOR_ACCOUNT", { creditor: { account: "UA" } }],
];

/** Two changes of the same order. Both ends of the payment keep what each of them says of `creditor`. */
const both = (a: Payload, b: Payload): Payload => {
  const [first, second] = [a.creditor, b.creditor];
  const merged = first instanceof Object && second instanceof Object ? { creditor: { ...second, ...first } } : {};
  return { ...b, ...a, ...merged };
};

/** Pairs that change the same member, so that no order can have both. */
const sameMember = (a: Payload, b: Payload): boolean => Object.keys(a).some((name) => name !== "creditor" && name in b);

describe("an order's members", () => {
  it("a good order of each type is read, with every text as it was written", () => {
    const byPhone = draftOf(PHONE_ORDER);
    assert.ok(!isRefusal(byPhone));
    assert.equal(byPhone.afterExpiry, null);
    assert.equal(byPhone.expiresAtText, "2027-12-31T23:59:59Z");
    assert.deepEqual(byPhone.amount, { minor: 150_075n, text: "1500.75" });
    assert.deepEqual([byPhone.phone, byPhone.debtorAccount, byPhone.creditorAccount], ["+380991234567", ACCOUNT, null]);
    const byLink = draftOf(LINK_ORDER);
    assert.ok(!isRefusal(byLink));
    assert.deepEqual([byLink.phone, byLink.debtorAccount, byLink.creditorAccount], [null, null, ACCOUNT]);
  });

  it("optional members may be absent, and members that are not ours are nothing to us", () => {
    const { expires_at: _expiry, amount: _amount, ...least } = PHONE_ORDER;
    const draft = draftOf({ ...least, iat: 1, exp: null, iss: [], extra: { deep: null }, payload: null });
    assert.ok(!isRefusal(draft));
    assert.deepEqual([draft.expiresAt, draft.expiresAtText, draft.amount], [null, null, null]);
  });

  for (const [kind, order, missing] of [
    [
      "phone",
      PHONE_ORDER,
      {
        type: "INVALID_TYPE",
        debtor: "INVALID_DEBTOR_ACCOUNT",
        creditor: "INVALID_CREDITOR_PHONE",
        currency: "INVALID_CURRENCY",
        external_id: "INVALID_EXTERNAL_ID",
        purpose: "INVALID_PURPOSE",
      },
    ],
    [
      "link",
      LINK_ORDER,
      {
        type: "INVALID_TYPE",
        creditor: "INVALID_CREDITOR_ACCOUNT",
        currency: "INVALID_CURRENCY",
        external_id: "INVALID_EXTERNAL_ID",
        purpose: "INVALID_PURPOSE",
      },
    ],
  ] as const)
    for (const [name, code] of Object.entries(missing))
      it(`type ${kind}: ${name} missing is ${code}`, () => {
        assert.equal(codeOf({ ...order, [name]: undefined }), code);
        if (name === "creditor" || name === "debtor") assert.equal(codeOf({ ...order, [name]: {} }), code);
      });

  it("type phone: without both ends it is the debtor's account that is told", () => {
    assert.equal(codeOf({ ...PHONE_ORDER, creditor: undefined, debtor: undefined }), "INVALID_DEBTOR_ACCOUNT");
  });

  it("type link: an empty debtor says nothing", () => {
    assert.equal(codeOf({ ...LINK_ORDER, debtor: {} }), null);
  });

  for (const [kind, order, faults] of [
    ["phone", PHONE_ORDER, [...INVALID_FORM, ...BY_PHONE]],
    ["link", LINK_ORDER, [...INVALID_FORM, ...BY_LINK]],
  ] as const) {
    for (const [name, code, change] of faults)
      it(`type ${kind}: ${name}: ${code}`, () => {
        assert.equal(codeOf({ ...order, ...change }), code);
      });

    it(`type ${kind}: of every two faults the one that stands first in the contract is told`, () => {
      let pairs = 0;
      for (const [index, [name, code, change]] of faults.entries())
        for (const [later, , laterChange] of faults.slice(index + 1)) {
          if (sameMember(change, laterChange)) continue;
          pairs++;
          const told = codeOf({ ...order, ...both(change, laterChange) });
          assert.equal(told, code, `${name}, and ${later}`);
        }
      assert.ok(pairs > 200, `${pairs} pairs`);
    });
  }
});
