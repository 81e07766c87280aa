/** Security headers of every answer. */
import type { FastifyInstance } from "fastify";

/**
 * What helmet would set, as one constant: its Fastify plugin builds every header anew for each request. An API's
 * answers are no pages, so they may load nothing and be framed by nobody.
 */
const API_HEADERS = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  // Balances and payment details are nobody's to keep.
  "cache-control": "no-store",
} as const;

/** The documentation is a page: its own script and styles, and calls to ourselves; no other host at all. */
export const PAGE_CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // The reference makes its style elements itself.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** A year: whoever came by https once does not come by http again. */
const STRICT_TRANSPORT_SECURITY = "max-age=31536000";

export const registerSecurityHeaders = (server: FastifyInstance, https: boolean): void => {
  const headers = https ? { ...API_HEADERS, "strict-transport-security": STRICT_TRANSPORT_SECURITY } : API_HEADERS;
  server.addHook("onRequest", (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
};
