/** One POST to somebody else's server: short, bounded, never redirected, and not to private addresses unless allowed. */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { SECOND } from "../kernel/index.ts";
import { hostOf, isPrivate, resolvePublic } from "./public-address.ts";

/** Unless somebody says otherwise. */
export const ANSWER_MS = 5 * SECOND;

/** @property text the beginning of the answer's body, where it was asked for */
export type Answered = { readonly status: number; readonly text?: string } | { readonly error: string };

/** Who sends, and where to it may go. */
export type Outbound = {
  /** Whether addresses that are not on the open internet are sent to. */
  readonly allowPrivate: boolean;
  /** Says who we are, so that whoever finds us in a log knows whom to ask. */
  readonly userAgent: () => string;
};

export type PostOptions = Outbound & {
  /** So many bytes of the answer are read, and no more; none unless said otherwise. */
  readonly answerBytes?: number;
  /** From the first byte sent to the answer, or to as much of it as is read. */
  readonly answerMs?: number;
};

/** Never rejects: what went wrong is the answer. */
export const post = (
  target: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { allowPrivate, userAgent, answerBytes = 0, answerMs = ANSWER_MS }: PostOptions,
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
      const host = hostOf(url);
      if (!allowPrivate && isIP(host) !== 0 && isPrivate(host)) return settle({ error: "the address is private" });
      const open = url.protocol === "https:" ? httpsRequest : httpRequest;
      request = open(url, {
        method: "POST",
        agent: false,
        headers: { ...headers, "user-agent": userAgent(), "content-length": Buffer.byteLength(body) },
        ...(allowPrivate ? {} : { lookup: resolvePublic }),
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
