/**
 * Serves the web app beside the API. Its files have addresses of their own; its page answers whoever navigates to an
 * address that is no API's, for the app's own router knows what stands there. Promises that the API's addresses keep their
 * answers, 404 included, and that the page runs nothing but our own files.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { refuse } from "../kernel/index.ts";
import { type Encoding, preferredEncoding } from "./compression.ts";
import { embedPageOf, isEmbedPath } from "./embed-page.ts";
import { handleError, RefusedError } from "./errors.ts";
import { pathOf } from "./idempotency.ts";
import type { StaticFile, StaticFiles } from "./static-files.ts";
import { addVary } from "./vary.ts";

/** Whose unknown addresses are answered in the API's way: below these there is no page. */
const API_PATHS = ["/api", "/docs", "/health", "/metrics", "/.well-known", "/openapi.json", "/assets"] as const;

/**
 * Nothing inline, no other host, no string that becomes markup, and framed by nobody but where it is said. Pictures that somebody is about to
 * send are shown from memory (blob:).
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
] as const;

/** @param ancestors who may frame the page, as CSP writes it */
const policyFor = (ancestors: string): string => [...POLICY, `frame-ancestors ${ancestors}`].join("; ");

export const APP_CONTENT_SECURITY_POLICY = policyFor("'none'");

const PAGE_HEADERS = {
  "content-security-policy": APP_CONTENT_SECURITY_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  // Ourselves must be told where a write comes from; others get nothing.
  "referrer-policy": "same-origin",
} as const;

/** What pages of other sites load, also those that load nothing which does not say that they may. */
const HOST_SCRIPT = "/embed.js";

const IMMUTABLE = "public, max-age=31536000, immutable";
/** May be kept, and is asked about before it is used again. */
const ASKED_ABOUT = "no-cache";

const hasTag = (given: string | undefined, tag: string): boolean =>
  given?.split(",").some((each) => each.trim() === tag || each.trim() === "*") ?? false;

const bytesOf = ({ bytes, packed }: StaticFile, accepted: unknown): { bytes: Buffer; encoding: Encoding | null } => {
  const encoding = preferredEncoding(accepted);
  const found = encoding === null ? undefined : packed[encoding];
  return found === undefined ? { bytes, encoding: null } : { bytes: found, encoding };
};

const sendFile = (request: FastifyRequest, reply: FastifyReply, file: StaticFile): FastifyReply => {
  const { headers } = request;
  reply.header("cache-control", file.isImmutable ? IMMUTABLE : ASKED_ABOUT).header("etag", file.etag);
  if (Object.keys(file.packed).length > 0) addVary(reply, "Accept-Encoding");
  if (hasTag(headers["if-none-match"], file.etag)) return reply.code(304).send();
  const { bytes, encoding } = bytesOf(file, headers["accept-encoding"]);
  if (encoding !== null) reply.header("content-encoding", encoding);
  // Of a HEAD Node keeps the bytes back.
  return reply.code(200).header("content-type", file.type).header("content-length", bytes.length).send(bytes);
};

const isApi = (path: string): boolean => API_PATHS.some((api) => path === api || path.startsWith(`${api}/`));

/** Browsers name it when somebody goes to an address; scripts and command lines do not, and get the API's answer. */
const wantsPage = ({ headers }: FastifyRequest): boolean => /(^|[\s,])text\/html\b/i.test(headers.accept ?? "");

export type Pages = {
  /** @returns whether it was answered */
  answer(request: FastifyRequest, reply: FastifyReply): boolean;
};

/** Answers what no route does. @param embedOrigins who may frame the page below `/embed` */
export const createPages = ({ index }: StaticFiles, embedOrigins: readonly string[]): Pages => {
  const embedPage = embedOrigins.length === 0 ? null : embedPageOf(index, embedOrigins);
  const embedHeaders = { ...PAGE_HEADERS, "content-security-policy": policyFor(embedOrigins.join(" ")) };
  return {
    answer(request, reply) {
      const path = pathOf(request);
      if ((request.method !== "GET" && request.method !== "HEAD") || isApi(path)) return false;
      const isEmbed = isEmbedPath(path);
      if (isEmbed && embedPage === null) return false;
      addVary(reply, "Accept");
      if (path !== "/" && !wantsPage(request)) return false;
      if (isEmbed && embedPage !== null) sendFile(request, reply.headers(embedHeaders), embedPage);
      else sendFile(request, reply.headers(PAGE_HEADERS), index);
      return true;
    },
  };
};

/** The files of the page, each of those at the top by a route, all others by one. */
export const registerStatic = (server: FastifyInstance, { files }: StaticFiles): void => {
  const open = { config: { access: "open" }, schema: { hide: true } } as const;
  const send = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const path = pathOf(request);
    const file = files.get(path);
    if (path === HOST_SCRIPT) reply.header("cross-origin-resource-policy", "cross-origin");
    return file === undefined
      ? handleError(new RefusedError(refuse("NOT_FOUND")), request, reply)
      : sendFile(request, reply, file);
  };
  server.get("/assets/*", open, send);
  for (const path of files.keys()) if (!path.startsWith("/assets/")) server.get(path, open, send);
};
