/** Titles, descriptions and tags of the two OpenAPI documents: what routes cannot say about themselves. */
import { WEBHOOK_DOCUMENTATION } from "../exchange/index.ts";
import type { Documentation } from "../http/index.ts";
import { CALLBACK_DOCUMENTATION, SIGNED_ANSWER } from "../rail/index.ts";
import { EXCHANGE_EXAMPLES } from "./exchange-examples.ts";
import { RAIL_EXAMPLES } from "./rail-examples.ts";

export const DOCUMENTATION: Documentation = {
  title: "Parley exchange",
  version: "1",
  description:
    "A peer-to-peer exchange with escrow. People post standing ads to buy or sell USDT; answering one makes an order " +
    "and freezes the seller's amount; the seller's confirmation releases it to the buyer. All amounts are kopecks of " +
    "RUB-denominated balance, as integers.",
  server: "http://127.0.0.1:8080",
  tags: {
    Market: "What is on offer, and by whom. Needs no token.",
    Ads: "Standing offers of one's own.",
    Orders: "Answers to ads: from the escrow to the release.",
    Chat: "What the two sides of an order, and an operator, say to each other, with files.",
    Ratings: "Stars for the other side of a completed order.",
    Wallet: "The caller's balance and what moved it.",
    Identity: "Coming in by an account of this installation, and who calls.",
    "For a front end": "What a page needs at once: oneself, what waits, what happened, forms.",
    "Live updates": "What happens, as it happens.",
    Operators: "Disputes, claims and people, for operators.",
    "Host platform": "Credits, debits, wagers and webhooks, for the platform whose users these are.",
    "Rail participants": "The banks on the rail and their keys, for operators.",
    Webhooks: "What the exchange sends to the host platform.",
  },
  examples: EXCHANGE_EXAMPLES,
  webhooks: WEBHOOK_DOCUMENTATION,
};

export const RAIL_DOCUMENTATION: Documentation = {
  title: "Parley rail",
  version: "1",
  description:
    "Banks turn a phone number into a payment order. The payer's bank sends a signed order that names the receiver by " +
    "phone; the rail finds the receiver's account through linked aliases, or by asking the other banks, and answers with " +
    "the order's status. Amounts are JSON numbers with up to two decimals, kept and echoed as they were written.",
  signing:
    "A compact JWS by one of your registered keys, in CX-Authorization or behind Authorization: Bearer. Claims: iat, jti; " +
    "a strong participant's also iss, aud (this server's public URL and the path), exp and bh (base64url SHA-256 of the " +
    "body). A strong participant's signed body may stand without it. exp, nbf, aud and iss are judged wherever they stand. Every " +
    "fault of a token is answered alike.",
  signedAnswer: SIGNED_ANSWER,
  server: "http://127.0.0.1:8081",
  tags: {
    Orders: "A payer's bank orders a payment to a phone, or makes a link to be paid by.",
    Aliases: "Which account a phone stands for.",
    Payments: "How an order is paid, and what came of it.",
    Callbacks: "What a bank is told and answers, and what could not be delivered.",
    Limits: "What is left of the caller's budgets.",
    Keys: "The keys that this platform signs with.",
  },
  examples: RAIL_EXAMPLES,
  webhooks: CALLBACK_DOCUMENTATION,
};
