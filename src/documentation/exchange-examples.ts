/** The moments of the trade in `exchange-words.ts` that components and operations of the exchange's document are about. */
import type { Examples } from "../http/index.ts";
import {
  ANNA,
  CLIENT_ID,
  DISPUTED,
  EVENT,
  FILE,
  NOW,
  OTHER_BANK,
  PAID,
  POSTED,
  RELEASED,
  TEXT_ID,
  WORDS,
} from "./exchange-words.ts";

const paid = {
  status: "paid_by_buyer",
  paid_at: PAID,
  release_by: DISPUTED,
  allowed_actions: ["call-operator", "message"],
  unread: 0,
};
const hidden = { phone: "••••0-00", bank: "••••Bank", name: "••••" };
const cancelled = {
  ...paid,
  paid_at: null,
  release_by: null,
  status: "cancelled",
  outcome: "payment_expired",
  payment_details: hidden,
  cancelled_at: "2026-03-14T09:50:00.000Z",
  allowed_actions: ["message"],
};
const dispute = {
  status: "open",
  opened_by: "buyer",
  reason: "paid_not_released",
  opened_at: DISPUTED,
  assigned_to: null,
  resolution: null,
};
const disputed = {
  ...paid,
  status: "disputed",
  disputed_at: DISPUTED,
  allowed_actions: ["cancel", "message"],
  dispute,
};

const ad = { id: 17, created_at: POSTED };
const asSeller = { role: "seller", side: null, cancels_left: null };
const released = {
  ...paid,
  ...asSeller,
  status: "completed",
  outcome: "released",
  completed_at: RELEASED,
  released_amount: 150_000,
  allowed_actions: ["rate", "message"],
};

const opened = { assigned_to: null, assigned_to_me: false, comment: "The seller has not answered for an hour." };
const step = {
  order_id: 101,
  status: "paid_by_buyer",
  outcome: null,
  change: 2,
  action: "confirm-paid",
  by: "buyer",
  at: PAID,
};
const lviv = { guid: OTHER_BANK, name: "Lviv Bank" };

const components: Examples["components"] = {
  Ad: ad,
  OwnAd: ad,
  Order: { buyer: ANNA },
  File: { name: "receipt.jpg", type: "image/jpeg" },
  Review: { created_at: RELEASED },
  Rating: { created_at: RELEASED },
  Session: { last_message: { created_at: PAID } },
  OrderBrief: { counterparty: { id: "user-2077", name: "Vera" } },
  Me: { profile: ANNA, roles: [], second_factor: { enabled: false } },
  PaymentMethod: {
    id: "sbp",
    fields: [{ name: "phone", labels: { en: "Phone", ru: "Телефон", uk: "Телефон" }, kind: "phone" }],
  },
  Dispute: { status: "assigned", comment: "The seller has not answered for an hour." },
  QueuedDispute: { ...opened, buyer: ANNA },
  Resolved: { status: "completed", outcome: "dispute_released", released_amount: 150_000 },
  Dossier: { entries: [{ kind: "status", data: { status: "paid_by_buyer", outcome: null, by: "buyer" } }] },
  Wallet: { wagering: { required: 0 } },
  Transfer: { external_id: null },
  Standing: { user_id: "user-2077" },
  FoundPerson: { profile: { id: "user-2077" }, standing: { owed: 0 } },
  Person: {
    profile: { id: "user-2077" },
    account: { login: "vera@mail.example", roles: [] },
    standing: { suspended: "debt", owed: 60_000 },
    debts: [{ creditor: { id: ANNA.id, name: ANNA.name } }],
    judgements: [{ by: "Olga", reason: "Paid from a third party's card, twice." }],
  },
  Participant: { name: "Kyiv Bank" },
  RailSearch: { asking: [lviv], orders: 2 },
  DeadCallback: { bank: lviv, type: "pay_in" },
  AliasMove: { from: { name: "Kyiv Bank" }, to: lviv },
  SessionDocument: {
    person: { id: "u_7qw2mxn4trb9", name: "Anna", roles: [] },
    half_signed_in: null,
    demo: [{ person: "anna", name: "Anna", part: "buyer" }],
  },
  Event: { id: EVENT, type: "message.created" },
};

const RECOVERY_CODES = Array.from("abcdefghij", (letter) => `${letter}m4kp-7wq2x-n9tb6`);
const credential = { id: "k7Qw2mXn4tRb9LpZ", type: "public-key" };
const passkey = { name: "Anna's phone" };
const creation = {
  rp: { id: "parley.example", name: "Parley" },
  user: { id: "dV83cXcybXhuNHRyYjk", name: "anna@mail.example" },
  pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  excludeCredentials: [],
};
const credit = { kind: "deposit", amount: 500_000, external_id: "topup-2026-03-14-0031" };
const debit = { kind: "withdrawal", amount: 300_000, external_id: "payout-2026-03-14-0007" };
const wager = { amount: 50_000, external_id: "game-77120" };
const told = { message: "The buyer's receipt is from another day. Please send the right one." };
const fromOperator = { ...told, kind: "operator", sender: null, client_id: null, attachments: [] };
const asked = { message: "Paid from my card ending 1234.", client_id: CLIENT_ID, attachment_ids: [FILE] };
const endpoint = { id: TEXT_ID };
const TEST_EVENT = "test_0b8f6a52-4a0e-4f2c-9d0b-5c8d8c7a4e11";
const program = { id: TEXT_ID, name: "Price watcher" };
const bank = { bank_codes: ["305299"], callback_url: "https://bank.example/rail", profile: "strong" };
const publicKey = {
  kty: "OKP",
  crv: "Ed25519",
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
  alg: "EdDSA",
  kid: "bank-2026-03",
};

const operations: Examples["operations"] = {
  createAd: {
    request: {
      exchange_rate: 102,
      total_amount: 5_000_000,
      payment_details: {},
      instructions: "Pay from your own account. I answer within five minutes.",
      payment_window_minutes: 20,
    },
    answer: { version: 1, remaining_amount: 5_000_000, available_amount: 5_000_000 },
  },
  updateAd: {
    request: { exchange_rate: 101, max_amount: 1_500_000 },
    answer: { exchange_rate: 101, max_amount: 1_500_000, version: 4 },
  },
  getAd: { answer: { can_take: false, reasons: [{ reason: "active_order", details: { order_id: 101 } }] } },
  listAds: { answer: { items: [{ can_take: true, reasons: [] }] } },
  createOrder: { request: { usdt_amount: 150_000, ad_version: 3 }, answer: { unread: 0 } },
  confirmPaid: { request: { expected_status: "pending" }, answer: paid },
  confirmReceived: { request: { expected_status: "paid_by_buyer" }, answer: released },
  cancelOrder: {
    request: { expected_status: "pending" },
    answer: { ...cancelled, outcome: "cancelled_by_buyer", cancelled_at: NOW, cancels_left: 3 },
  },
  callOperator: {
    request: { reason: "paid_not_released", comment: "The seller has not answered for an hour." },
    answer: disputed,
  },
  claimOrder: {
    request: { comment: "I had paid at 09:49; the receipt is in the chat." },
    answer: { ...cancelled, claim: "open" },
  },
  rateOrder: { request: { comment: "Quick and friendly." } },
  createOrderMessage: { request: asked },
  listOrderMessages: { answer: { limit: 50, has_more: false, next: null } },
  readOrderMessage: { answer: { unread: 0 } },
  assignOperatorOrder: { request: { take_over: true, reason: "Olga's shift is over." } },
  createOperatorOrderMessage: { request: told, answer: fromOperator },
  hideOperatorOrderMessage: { request: { reason: "It threatens the other side." } },
  resolveOperatorOrder: { request: { reason: "The bank's statement shows the payment." } },
  suspendOperatorUser: { request: { reason: "Paid from a third party's card, twice." } },
  resumeOperatorUser: {
    request: { reason: "The cards were shown to be the trader's own." },
    answer: { suspended: null },
  },
  createPlatformCredit: { request: credit, answer: credit },
  createPlatformDebit: { request: debit, answer: debit },
  listPlatformActs: { answer: { items: [{ act: "credit", by: "host", ...credit, reason: null }] } },
  createPlatformWager: { request: wager, answer: wager },
  getWalletStatementCsv: {
    answer:
      "created_at,id,kind,direction,amount,balance_after,order_id,external_id\r\n" +
      "2026-03-14T09:30:00.000Z,101,escrow_hold,out,150000,1350000,101,\r\n",
  },
  listEvents: { answer: { next: EVENT } },
  listNotifications: { answer: { items: [{ type: "order.updated", data: step }] } },
  readNotification: { request: { up_to: "58112" }, answer: { order_id: null } },
  getSettings: {
    answer: { rules: [{ name: "pay_window", value: 15, unit: "minutes", code: "INVALID_ORDER_STATUS", status: 409 }] },
  },
  listPlatformWebhooks: { answer: { items: [endpoint] } },
  createPlatformWebhook: { request: { events: ["order.updated", "wallet.updated"] }, answer: endpoint },
  rotateWebhookSecret: { request: { keep_hours: 24 }, answer: endpoint },
  testWebhook: { answer: { event_id: TEST_EVENT } },
  getWebhookDelivery: {
    answer: {
      event_id: TEST_EVENT,
      state: "delivered",
      attempts: 1,
      last_error: null,
      settled_at: "2026-03-14T09:30:00.200Z",
    },
  },
  "order.updated": { request: { data: { user_id: "user-2077", ...step, order: { ad_id: 7 } } } },
  "wallet.updated": {
    request: {
      data: { user_id: "user-2077", order_id: 101, kind: "escrow_hold", amount: 150_000, balance: 1_350_000 },
    },
  },
  signUp: { request: { name: "Anna" } },
  listSignInSessions: { answer: { items: [endpoint], has_more: false, next: null } },
  listPersonalTokens: { answer: { items: [program] } },
  makePersonalToken: { request: { name: program.name }, answer: program },
  addPasskeyChallenge: { answer: creation },
  signUpPasskeyChallenge: { request: { name: "Anna" }, answer: creation },
  signInPasskeyChallenge: { answer: { allowCredentials: [] } },
  stepUpChallenge: { answer: { allowCredentials: [credential] } },
  listPasskeys: { answer: { items: [passkey] } },
  addPasskey: { request: { name: passkey.name, credential }, answer: { ...passkey, recovery_codes: RECOVERY_CODES } },
  signInByPasskey: { request: { credential } },
  signUpByPasskey: { request: { credential } },
  getSecondFactor: { answer: { passkeys: 2 } },
  stepUp: { request: { code: "492039" }, answer: { stepped_up_until: "2026-03-14T09:46:00.000Z" } },
  completeSignIn: { request: { code: "492039" } },
  confirmCodes: { request: { code: "492039" }, answer: { recovery_codes: RECOVERY_CODES } },
  makeRecoveryCodes: { answer: { recovery_codes: RECOVERY_CODES } },
  enrolCodes: { answer: { secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" } },
  changePassword: { request: { current_password: "what it was before" } },
  resetPassword: { request: { code: "Xn4tRb9LpZ-k7Qw2m" } },
  createOperatorParticipant: { request: { name: "Kyiv Bank", ...bank } },
  updateOperatorParticipant: { request: { callback_url: "https://bank.example/rail/v2" } },
  createOperatorParticipantKey: { request: publicKey },
  listOperatorSilentPayments: { answer: { items: [{ debtor_bank: { name: "Kyiv Bank" }, creditor_bank: lviv }] } },
  honourOrder: { answer: { ...cancelled, ...asSeller, claim: "honoured", released_amount: 150_000 } },
};

export const EXCHANGE_EXAMPLES: Examples = { words: WORDS, components, operations };
