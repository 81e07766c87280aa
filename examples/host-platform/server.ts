/**
 * A toy host platform: people of its own with sessions of its own, its public keys, and a page with the exchange in it. It
 * tells Parley who somebody is by tokens, and pays in what they own by the platform's calls.
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient, unwrap } from "@parley/client";
import { AUDIENCE, createSigner, type Signer } from "./keys.ts";
import { pageOf } from "./page.ts";
import { SELLER, USERS, type User } from "./users.ts";

const COOKIE = "lilac";
/** Long enough for a page, short enough to be of little use to a thief; the page asks for another one. */
const TOKEN_SECONDS = 300;
const PLATFORM: User = { id: "lilac-bank", name: "Lilac bank" };
const WELCOME = 500_000;

export type HostOptions = {
  readonly port?: number;
  readonly tokenSeconds?: number;
  /** Where Parley is, once it is known. */
  readonly parley: () => string;
};

export type Host = {
  readonly origin: string;
  /** What Parley has to be told of this host. */
  readonly settings: Readonly<Record<string, string>>;
  /** How many tokens people have been given. */
  readonly tokensGiven: () => number;
  /** Pays in, and posts the desk's ad. */
  openShop(): Promise<void>;
  stop(): Promise<void>;
};

export const startHost = async ({ port = 0, tokenSeconds = TOKEN_SECONDS, parley }: HostOptions): Promise<Host> => {
  const signer = await createSigner(() => origin);
  const sessions = new Map<string, User>();
  let given = 0;
  const giveToken = (user: User): Promise<string> => {
    given++;
    return signer.sign(user, tokenSeconds);
  };
  const answer = createAnswer({ signer, sessions, giveToken, parley });
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    settings: {
      AUTH_JWKS_URL: `${origin}/.well-known/jwks.json`,
      AUTH_ISSUER: origin,
      AUTH_AUDIENCE: AUDIENCE,
      AUTH_ROLES: "platform",
      EMBED_ORIGINS: origin,
    },
    tokensGiven: () => given,
    openShop: () => openShop(signer, parley()),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
};

type Parts = {
  readonly signer: Signer;
  readonly sessions: Map<string, User>;
  readonly giveToken: (user: User) => Promise<string>;
  readonly parley: () => string;
};

const createAnswer = ({ signer, sessions, giveToken, parley }: Parts) => {
  const sessionOf = ({ headers }: IncomingMessage): string =>
    new RegExp(`(?:^|; )${COOKIE}=([\\w-]+)`).exec(headers.cookie ?? "")?.[1] ?? "";
  const back = (response: ServerResponse, session: string, age: number) =>
    response
      .writeHead(303, {
        location: "/",
        "set-cookie": `${COOKIE}=${session}; HttpOnly; SameSite=Lax; Path=/; Max-Age=${age}`,
      })
      .end();

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://host");
    const session = sessionOf(request);
    const user = sessions.get(session) ?? null;
    const entering = USERS.find(({ id }) => request.method === "POST" && pathname === `/sign-in/${id}`);
    if (entering !== undefined) {
      const fresh = randomUUID();
      sessions.set(fresh, entering);
      back(response, fresh, 86_400);
    } else if (request.method === "POST" && pathname === "/sign-out") {
      sessions.delete(session);
      back(response, "", 0);
    } else if (pathname === "/.well-known/jwks.json") {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(signer.jwks));
    } else if (pathname === "/parley-token") {
      // Nobody is signed in, which is no fault.
      if (user === null) response.writeHead(204).end();
      else response.writeHead(200, { "content-type": "text/plain" }).end(await giveToken(user));
    } else if (pathname === "/") {
      const language = searchParams.get("language") === "uk" ? "uk" : "en";
      response
        .writeHead(200, { "content-type": "text/html; charset=utf-8" })
        .end(pageOf({ parley: parley(), user, users: USERS, language }));
    } else response.writeHead(404).end();
  };
};

/** Its desk owns something, and sells it. What was done once is not done again: the ids are the same. */
const openShop = async (signer: Signer, baseUrl: string): Promise<void> => {
  const bank = createClient({ baseUrl, token: () => signer.sign(PLATFORM, TOKEN_SECONDS, ["platform"]) });
  for (const { id } of [SELLER, ...USERS]) {
    const body = { user_id: id, amount: WELCOME, kind: "deposit", external_id: `welcome-${id}` } as const;
    unwrap(await bank.post("/platform/credits", { body }));
  }
  const desk = createClient({ baseUrl, token: () => signer.sign(SELLER, TOKEN_SECONDS) });
  const posted = await desk.post("/p2p/ads", {
    body: {
      type: "sell",
      fiat_currency: "RUB",
      exchange_rate: 100,
      min_amount: 50_000,
      max_amount: WELCOME,
      payment_methods: ["card"],
      payment_details: { card_number: "2200 0000 0000 7777" },
      instructions: "From your own card, please.",
    },
    key: "lilac-desk-sells",
  });
  if (!posted.ok && posted.error.code !== "DUPLICATE_AD_TYPE") unwrap(posted);
};
