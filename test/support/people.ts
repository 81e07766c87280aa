/** Browsers of people who sign in here: they keep the cookie, and say whose page they show. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { type Call, type CallOptions, eventually, type Json, type Market, type Reply } from "./market.ts";

export const PASSWORD = "correct horse battery";

export type Browser = {
  readonly call: Call;
  /** Calls without what our own pages send along. */
  readonly bare: Call;
  /** As the Cookie header has it; null: none. */
  cookie(): string | null;
  /** The `Set-Cookie` of the last answer that had one. */
  setCookie(): string;
};

/** @param address where it is, for a market behind a trusted proxy */
export const openBrowser = (market: Market, address?: string): Browser => {
  let cookie: string | null = null;
  let set = "";
  const keep = (reply: Reply): Reply => {
    const given = [reply.headers["set-cookie"] ?? []].flat()[0];
    if (given === undefined) return reply;
    set = given;
    const pair = given.slice(0, given.indexOf(";"));
    cookie = given.includes("Max-Age=0") ? null : pair;
    return reply;
  };
  const bare: Call = async (method, path, body, { headers, ...options }: CallOptions = {}) =>
    keep(
      await market.stranger(method, path, body, {
        ...options,
        headers: {
          ...(cookie === null ? {} : { cookie }),
          ...(address === undefined ? {} : { "x-forwarded-for": address }),
          ...headers,
        },
      }),
    );
  const call: Call = (method, path, body, { headers, ...options } = {}) =>
    bare(method, path, body, {
      ...options,
      headers: { origin: market.nodes[options.node ?? 0]?.address ?? "", "parley-client": "test", ...headers },
    });
  return { call, bare, cookie: () => cookie, setCookie: () => set };
};

/** What people's names and logins are made of, so that none is taken. */
export const freshLogin = (): string => `user-${randomBytes(6).toString("hex")}`;

export type Person = Browser & { readonly id: string; readonly login: string };

/** Somebody new, signed in. */
export const signUp = async (market: Market, given: Json = {}, address?: string): Promise<Person> => {
  const browser = openBrowser(market, address);
  const login = given.login ?? freshLogin();
  const reply = await browser.call("POST", "/identity/sign-up", { name: "Ann", password: PASSWORD, ...given, login });
  assert.equal(reply.status, 201, reply.text);
  return { ...browser, id: reply.body.person.id, login };
};

export const signIn = (browser: Browser, login: string, password = PASSWORD): Promise<Reply> =>
  browser.call("POST", "/identity/sign-in", { login, password });

/** As if the password had been given once more: whoever has no second factor may then do what needs one. */
export const giveAgain = async (market: Market, { id, call }: Person): Promise<void> => {
  await market.sql(`update identity.sessions set password_again_at = now() where person_id = '${id}'`);
  await tellNodes(market, id);
  await eventually(async () => {
    const { status } = await call("POST", "/identity/tokens", {});
    return status === 400;
  }, "the session to be good for more");
};

/** What nodes remember of somebody is told to be read anew, as every act does. */
export const tellNodes = async (market: Market, id: string): Promise<void> => {
  await market.sql(`with head as (update identity.changes_head set position = position + 1 returning position)
    insert into identity.changes (position, person_id) select position, '${id}' from head`);
};

export const assertCode = (reply: Reply, status: number, code: string): void => {
  assert.deepEqual([reply.status, reply.body?.code], [status, code], reply.text);
};
