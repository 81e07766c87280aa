/** A bank's own server, as callbacks meet it: records what comes, verifies our signature, answers as it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { parseToken, readPublicKey, verifySignature } from "../../src/jws/index.ts";
import { eventually, type Json } from "./market.ts";

/** @property body JSON, or a text as it is */
export type BankAnswer =
  | { readonly status: number; readonly body?: object | string; readonly headers?: Readonly<Record<string, string>> }
  /** Takes the request and never answers. */
  | "hang"
  /** Closes the connection without an answer. */
  | "reset"
  /** Answers 200 and streams for ever. */
  | "stream";

export type Received = {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  /** The JWS's payload; null when the body is none. */
  readonly payload: Json;
  readonly protectedHeader: Json;
  /** Whether it is signed by a key that the rail publishes; null when there is nobody to ask. */
  readonly verified: boolean | null;
};

export type ListeningBank = {
  /** The base of `callback_url`. */
  readonly url: string;
  readonly received: readonly Received[];
  /** Of one path's end, such as `/callbacks`, and of one type of event if said. */
  of(path: string, type?: string): readonly Received[];
  /** From now on. A function decides by request; undefined falls back to 200 `{}`. */
  answer(how: BankAnswer | ((request: Received) => BankAnswer | undefined | Promise<BankAnswer | undefined>)): void;
  /** Waits for a request that fits. */
  next(fits: (request: Received) => boolean, what?: string): Promise<Received>;
  close(): Promise<void>;
};

/** A callback URL where nobody listens: who is to be asked must have one. */
export const NOBODY_THERE = "http://127.0.0.1:9/";

export type ListeningOptions = {
  /** Whose signatures these must be: a running rail's address, asked when a request comes. */
  readonly rail?: () => string;
  readonly port?: number;
};

export const listenAsBank = async ({ rail, port = 0 }: ListeningOptions = {}): Promise<ListeningBank> => {
  const received: Received[] = [];
  let answer: Parameters<ListeningBank["answer"]>[0] = () => undefined;

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const seen = await receive(request, rail);
    received.push(seen);
    reply(response, (typeof answer === "function" ? await answer(seen) : answer) ?? { status: 200 });
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    of: (path, type) =>
      received.filter((each) => each.path.endsWith(path) && (type === undefined || each.payload?.type === type)),
    answer(how) {
      answer = how;
    },
    next: (fits, what = "a callback") => eventually(async () => received.find(fits), what),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const receive = async (request: IncomingMessage, rail: (() => string) | undefined): Promise<Received> => {
  const at = Date.now();
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const [header, payload] = text.split(".").map(readSegment);
  return {
    at,
    method: request.method ?? "",
    path: request.url ?? "",
    headers: request.headers,
    text,
    payload: payload ?? null,
    protectedHeader: header ?? null,
    verified: rail === undefined ? null : await isSigned(text, rail()),
  };
};

const readSegment = (segment: string): Json => {
  try {
    return JSON.parse(Buffer.from(segment, "base64url").toString("utf8"));
  } catch {
    return null;
  }
};

const isSigned = async (text: string, rail: string): Promise<boolean> => {
  const answered = await fetch(`${rail}/api/v1/.well-known/jwks.json`);
  const { keys } = (await answered.json()) as { keys: readonly object[] };
  const token = parseToken(text);
  if ("fault" in token) return false;
  const key = readPublicKey(keys.find((jwk) => Reflect.get(jwk, "kid") === token.kid));
  return "fault" in key ? false : verifySignature(token, key);
};

/** So often a stream that never ends has something to say. */
const STREAM_EVERY_MS = 20;

const reply = (response: ServerResponse, how: BankAnswer): void => {
  if (how === "hang") return;
  if (how === "reset") {
    response.destroy();
    return;
  }
  if (how === "stream") {
    response.writeHead(202, { "content-type": "application/json" });
    const timer = setInterval(() => response.write(" ".repeat(1_024)), STREAM_EVERY_MS);
    response.on("close", () => clearInterval(timer));
    return;
  }
  const { status, body = {}, headers = {} } = how;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
};
