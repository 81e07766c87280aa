/**
 * What the rail's document shows: one bank orders 1,500.50 UAH to a phone, and pays it. Bodies are really signed, by a key
 * that everybody has: the one of RFC 8037, appendix A.
 */
import { createPrivateKey, sign as signBytes } from "node:crypto";
import type { Examples } from "../http/index.ts";

const ORDER = "01959355-91aa-7c41-b2de-4f1e6d3c2b44";
const PAYMENT = "0195935b-2f08-7b0c-8d1a-77c0a5e9f355";
const SEARCH = "01959355-9b30-7d52-9e6f-1c2d3e4f5a66";
const BANK = "0194f2d0-5b7c-7e1a-a3f4-0c9b8e7d6f33";
const ISSUED = 1_773_480_600;

const PUBLISHED_KEY = createPrivateKey({
  format: "jwk",
  key: {
    kty: "OKP",
    crv: "Ed25519",
    x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
  },
});

const ENCRYPTION_KEY = {
  kty: "EC",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  kid: "bank-reads-2026",
  alg: "ECDH-ES",
  use: "enc",
};

const JWE =
  "eyJhbGciOiJFQ0RILUVTIn0..48V1_ALb6US04U3b.5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4.XFBoMYUZodetZdvTiFvSkQ";

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const sign = (payload: unknown): string => {
  const signed = `${encoded({ alg: "EdDSA", kid: "bank-2026-03", typ: "JWT" })}.${encoded(payload)}`;
  return `${signed}.${signBytes(null, Buffer.from(signed), PUBLISHED_KEY).toString("base64url")}`;
};

const words: Examples["words"] = {
  guid: [ORDER],
  order_guid: [ORDER],
  pay_request_guid: ["01959355-91ab-7f07-a5b8-92e3c4d5f677"],
  payment_guid: [PAYMENT],
  request_guid: [SEARCH],
  jti: ["6f1c2d9e-4b7a-4c55-8e0f-2a3b4c5d6e7f"],
  iss: ["https://rail.example"],
  aud: ["https://bank.example/rail/callbacks"],
  sub: [BANK],
  iat: [ISSUED],
  // an order
  phone: ["+380501234567"],
  account: ["UA213052990000026007233566001"],
  expires_at: ["2026-03-15T09:30:00.000Z"],
  amount: [1500.5],
  currency: ["UAH"],
  external_id: ["order-2026-0042"],
  purpose: ["Dinner on Friday"],
  type: ["phone", "order.updated", "creditor_linked"],
  created_at: ["2026-03-14T09:30:00.123456789Z"],
  status: ["processing", "completed", "waiting"],
  // aliases
  linked: [true],
  method: ["otp"],
  at: ["2026-03-14T09:29:40.000Z"],
  reference: ["consent-88213"],
  direction: ["out", "sent"],
  moves_at: ["2026-03-15T09:30:00.000Z"],
  ended_at: [null],
  // payments
  payment_message_external_id: ["payment-2026-0042"],
  result: ["success"],
  late: [false],
  order_external_id: ["order-2026-0042"],
  return_external_id: ["return-2026-0007"],
  returned: [0],
  failure: ["LAPSED"],
  reason: ["CUSTOMER_REQUEST"],
  completed_at: ["2026-03-14T09:31:12.000Z"],
  jwe: [JWE],
  creditor_data: [JWE],
  // maintenance
  from: ["2026-03-15T01:00:00.000Z"],
  until: ["2026-03-15T03:00:00.000Z"],
  // books
  date: ["2026-03-14"],
  final: [true],
  participant_guid: [BANK],
  name: ["Lviv Bank"],
  kind: ["payment"],
  count: [3],
  net: [-1500.5],
  linked_at: ["2026-03-14T09:29:41.000Z"],
  checksum: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
  key: ["n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg"],
  // deliveries
  id: [40_213],
  event_id: ["1.40213"],
  attempts: [10],
  last_error: ["answered 500"],
  seq: [2],
  state: ["waiting"],
  data: [{ request_guid: SEARCH }],
  challenge: ["b3f0c1d2e4a59687b3f0c1d2e4a59687"],
  code: ["USER_NOT_FOUND"],
  // limits
  limit: [20],
  window_seconds: [10],
  available: [100],
  capacity: [100],
  refill_per_minute: [2],
  reserve: [20],
  found_gives_back: [19],
  offset: [0],
  has_more: [false],
  next: [null],
  // keys
  kty: ["EC"],
  crv: ["P-256"],
  x: ["f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"],
  y: ["x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"],
  alg: ["ES256"],
  use: ["sig"],
  kid: ["rail-2026-01"],
};

const parties = {
  creditor: { phone: "+380501234567" },
  debtor: { account: "UA213052990000026007233566001" },
  amount: 1500.5,
  expires_at: "2026-03-15T09:30:00.000Z",
};
const found = { ...parties, pay_request_guid: "01959355-91ab-7f07-a5b8-92e3c4d5f677" };

const components: Examples["components"] = { Order: found };

const operations: Examples["operations"] = {
  createOrder: { request: parties },
  getLimits: {
    answer: { calls: { limit: 600 }, participant: { available: 19_997, capacity: 20_000, refill_per_minute: 12_000 } },
  },
  listAliasMoves: { answer: { items: [{ status: "waiting" }] } },
  listDeliveries: { answer: { items: [{ type: "order.updated", payment_guid: null, request_guid: null }] } },
  updateAlias: { request: { consent: {} } },
  getPayRequest: { answer: { creditor: {} } },
  createPayRequest: { answer: { status: "created", creditor: {} } },
  createPaymentMessage: { answer: { guid: PAYMENT, status: "created" } },
  createCallback: { request: { account: "UA213052990000026007233566001", consent: {} } },
  link_creditor: { request: { aud: "https://bank.example/rail/link_creditor" } },
  challenge: { request: { aud: "https://bank.example/rail/challenge" } },
  creditor_data: { request: { aud: "https://bank.example/rail/creditor_data", key: ENCRYPTION_KEY } },
  callbacks: { request: { type: "link_cancelled" } },
};

export const RAIL_EXAMPLES: Examples = { words, components, operations, sign };
