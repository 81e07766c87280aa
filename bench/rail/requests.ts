/** Whole requests, signed: right before they are sent, because a token is fresh for a minute. */
import { hash, randomUUID } from "node:crypto";
import { signToken } from "../../src/jws/index.ts";
import { type Bank, ibanOf, phoneOf } from "./banks.ts";

const ORDERS = "/api/v1/p2p/orders";
/** Each pays once in a while, so that no budget is used up. */
const PAYERS = 50_000;
const LIFE_SECONDS = 240;

export type Target = { readonly address: string; readonly audience: string };

const now = (): number => Math.floor(Date.now() / 1_000);

const strongClaims = ({ guid }: Bank, audience: string) => ({
  jti: randomUUID(),
  iss: guid,
  aud: audience,
  iat: now(),
  exp: now() + LIFE_SECONDS,
});

const text = (method: string, path: string, { address }: Target, headers: readonly string[], body: string): string =>
  [
    `${method} ${path} HTTP/1.1`,
    `Host: ${new URL(address).host}`,
    ...headers,
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");

const orderRequest = async (bank: Bank, target: Target, aliases: number): Promise<string> => {
  const strong = bank.profile === "strong";
  const order = {
    ...(strong ? strongClaims(bank, `${target.audience}${ORDERS}`) : { jti: randomUUID() }),
    creditor: { phone: phoneOf(Math.floor(Math.random() * aliases)) },
    debtor: { account: ibanOf(bank.code, 1_000_000 + Math.floor(Math.random() * PAYERS)) },
    amount: 1500.75,
    currency: "UAH",
    external_id: randomUUID(),
    purpose: "Replenishment of own account",
    type: "phone",
  };
  const body = await signToken(JSON.stringify(order), bank.key, "JWT");
  const header = strong
    ? []
    : [`CX-Authorization: ${await signToken(JSON.stringify({ iat: now(), jti: randomUUID() }), bank.key, "JWT")}`];
  return text("POST", ORDERS, target, ["Content-Type: application/jwt", ...header], body);
};

/** In small groups: signing is done by as many threads as there are. */
const inGroups = async <Item>(count: number, make: (index: number) => Promise<Item>): Promise<Item[]> => {
  const made: Item[] = [];
  for (let first = 0; first < count; first += 64) {
    const group = Array.from({ length: Math.min(64, count - first) }, (_, offset) => make(first + offset));
    made.push(...(await Promise.all(group)));
  }
  return made;
};

export const orderRequests = (banks: readonly Bank[], target: Target, count: number, aliases: number) =>
  inGroups(count, (index) => orderRequest(banks[index % banks.length] as Bank, target, aliases));

const NO_BODY = hash("sha256", "", "base64url");

/** Reads of orders by the bank whose they are. */
export const readRequests = (
  orders: readonly { readonly guid: string; readonly bank: Bank }[],
  target: Target,
  count: number,
) =>
  inGroups(count, async (index) => {
    const { guid, bank } = orders[index % orders.length] as (typeof orders)[number];
    const path = `${ORDERS}/${guid}`;
    const claims = { ...strongClaims(bank, `${target.audience}${path}`), bh: NO_BODY };
    const token = await signToken(JSON.stringify(claims), bank.key, "JWT");
    return text("GET", path, target, [`CX-Authorization: ${token}`], "");
  });
