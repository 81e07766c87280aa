/**
 * The form in which a text goes out: with an ETag where it is a list, as 304 where the client has it already, compressed
 * where that is worth it and safe.
 */
import { hash } from "node:crypto";
import type { FastifyReply, FastifyRequest, onSendHookHandler, RouteOptions } from "fastify";
import { LRUCache } from "lru-cache";
import type { Access } from "./callers.ts";
import { createCompress, isWorthCompressing, preferredEncoding } from "./compression.ts";
import { addVary } from "./vary.ts";

/** Tags kept of what everybody gets. */
const MAX_TAGS = 500;

/** A list is what has `items`, whatever else its page has. */
const isList = ({ schema }: RouteOptions): boolean => {
  const answer: unknown = Reflect.get(Object(schema?.response), "200");
  const content: unknown = Reflect.get(Object(Reflect.get(Object(answer), "content")), "application/json");
  const page: unknown = Reflect.get(Object(content), "schema") ?? answer;
  return Reflect.get(Object(Reflect.get(Object(page), "properties")), "items") !== undefined;
};

/** Weak: the same list in another encoding is the same list. */
const tagOf = (text: string): string => `W/"${hash("sha1", text, "base64url")}"`;

/** Linear in the header: a comma ends a tag, and ours hold none. */
const hasTag = (given: unknown, tag: string): boolean => {
  if (typeof given !== "string") return false;
  return given.split(",").some((each) => each.trim() === tag || each.trim() === "*" || `W/${each.trim()}` === tag);
};

/**
 * Compressed lengths tell what stands beside a text that an attacker chose (BREACH), where the attacker can have a browser
 * ask again and again. It needs a cookie for that, and a page of another site, which browsers name.
 */
const isSafeToCompress = ({ headers, caller }: FastifyRequest): boolean =>
  caller === null || headers.cookie === undefined || headers["sec-fetch-site"] === "same-origin";

/** Makes an `onSend` hook for each route that reads. */
export const createRepresentation = () => {
  const compress = createCompress();
  const tags = new LRUCache<string, string>({ max: MAX_TAGS });

  const tagOfPublic = (text: string): string => {
    const tag = tags.get(text) ?? tagOf(text);
    tags.set(text, tag);
    return tag;
  };

  /** @returns whether the client has this very list already */
  const tagList = (request: FastifyRequest, reply: FastifyReply, text: string): boolean => {
    const isForAll = request.caller === null;
    const tag = isForAll ? tagOfPublic(text) : tagOf(text);
    reply.header("etag", tag);
    addVary(reply, "Authorization, Cookie");
    // What everybody may see may be kept, when it is asked about before it is used again. The rest is nobody's to keep.
    if (isForAll) reply.header("cache-control", "no-cache");
    return hasTag(request.headers["if-none-match"], tag);
  };

  const send = (request: FastifyRequest, reply: FastifyReply, text: string): Buffer | string | Promise<Buffer> => {
    addVary(reply, "Accept-Encoding");
    const encoding = preferredEncoding(request.headers["accept-encoding"]);
    // Of a HEAD the length alone goes out.
    if (encoding === null || request.method === "HEAD" || !isSafeToCompress(request)) return text;
    const compressed = compress(text, encoding, request.caller === null);
    if (compressed === null) return text;
    reply.header("content-encoding", encoding);
    reply.removeHeader("content-length");
    return compressed;
  };

  return (route: RouteOptions, access: Access): onSendHookHandler<unknown> | null => {
    // A bank's answers are signed or as it wrote them, and small.
    if (access === "signed" || access === "health" || !["GET", "HEAD"].includes(String(route.method))) return null;
    const tagged = isList(route);
    return (request, reply, payload, done) => {
      if (typeof payload !== "string" || reply.statusCode !== 200) return done(null, payload);
      if (tagged && tagList(request, reply, payload)) {
        reply.code(304).removeHeader("content-type");
        return done(null, "");
      }
      if (!isWorthCompressing(payload)) return done(null, payload);
      const sent = send(request, reply, payload);
      if (sent instanceof Promise) sent.then((bytes) => done(null, bytes), done);
      else done(null, sent);
    };
  };
};
