/** One POST to somebody else's server: short, bounded, never redirected, and not to private addresses unless allowed. */
import { lookup } from "node:dns";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { SECOND } from "../kernel/index.ts";

/** Unless somebody says otherwise. */
const ANSWER_MS = 5 * SECOND;

/** @property text the beginning of the answer's body, where it was asked for */
export type Answered = { readonly status: number; readonly text?: string } | { readonly error: string };

export type PostOptions = {
  readonly allowPrivate: boolean;
  /** So many bytes of the answer are read, and no more; none unless said otherwise. */
  readonly answerBytes?: number;
  /** From the first byte sent to the answer, or to as much of it as is read. */
  readonly answerMs?: number;
};

const PRIVATE = new BlockList();
for (const [address, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
] as const) {
  PRIVATE.addSubnet(address, prefix, "ipv4");
}
// Those that hold an IPv4 address (compatible, NAT64, Teredo, 6to4) lead wherever that one does.
for (const [address, prefix] of [
  ["::", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2001::", 32],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  PRIVATE.addSubnet(address, prefix, "ipv6");
}

/** An IPv4 address mapped into IPv6 is checked as IPv4. */
export const isPrivate = (address: string): boolean => {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return isPrivate(mapped);
  return PRIVATE.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
};

/** Refuses at the moment of connecting, so that a name cannot mean another address then. */
const publicOnly: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "", 0);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isPrivate(address))) {
      return callback(new Error("the address is private"), "", 0);
    }
    // Node asks for all of them when it wants to race the two families.
    if (options.all === true) (callback as unknown as (error: null, all: typeof addresses) => void)(null, addresses);
    else callback(null, first.address, first.family);
  });
};

/** Never rejects: what went wrong is the answer. */
export const post = (
  target: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { allowPrivate, answerBytes = 0, answerMs = ANSWER_MS }: PostOptions,
): Promise<Answered> =>
  new Promise((resolve) => {
    let request: ClientRequest | undefined;
    let soFar = (): Answered => ({ error: `no answer within ${answerMs} ms` });
    const settle = (answered: Answered) => {
      clearTimeout(limit);
      resolve(answered);
      // The answer's body is nobody's business, and may never end.
      request?.destroy();
    };
    const limit = setTimeout(() => settle(soFar()), answerMs);
    try {
      const url = new URL(target);
      const host = url.hostname.replace(/^\[|\]$/g, "");
      if (!allowPrivate && isIP(host) !== 0 && isPrivate(host)) return settle({ error: "the address is private" });
      const open = url.protocol === "https:" ? httpsRequest : httpRequest;
      request = open(url, {
        method: "POST",
        agent: false,
        headers: { ...headers, "content-length": Buffer.byteLength(body) },
        ...(allowPrivate ? {} : { lookup: publicOnly }),
      });
      request.on("response", (response) => {
        const status = response.statusCode ?? 0;
        if (answerBytes === 0) return settle({ status });
        const textSoFar = readSome(response, answerBytes, (text) => settle({ status, text }));
        // The answer is there; only its body does not come to an end.
        soFar = () => ({ status, text: textSoFar() });
      });
      request.on("error", (error) => settle({ error: error.message }));
      request.end(body);
    } catch (error) {
      settle({ error: (error as Error).message });
    }
  });

/** What came until the end or the limit: an answer may go on for ever. @returns what came so far, at any moment */
const readSome = (response: IncomingMessage, limit: number, done: (text: string) => void): (() => string) => {
  const chunks: Buffer[] = [];
  let length = 0;
  const soFar = () => Buffer.concat(chunks).subarray(0, limit).toString("utf8");
  const finish = () => done(soFar());
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= limit) finish();
  });
  response.on("end", finish);
  response.on("error", finish);
  return soFar;
};
