/** Answers what never became a whole HTTP request, in the same form as every other error. */
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { refuse } from "../kernel/index.ts";
import { type ErrorFormat, type ErrorRegistry, errorBody, type Issue } from "./errors.ts";
import { JSON_ANSWER } from "./media-types.ts";

/** Node's field for the answer that is owed on a connection; its own default handler reads it too. */
type HttpSocket = Socket & { readonly _httpMessage?: ServerResponse | null };
type BrokenRequest = Error & { readonly code?: string };

const REASONS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "took too long to arrive",
};

const refusalFor = ({ code = "" }: BrokenRequest) => {
  if (code === "HPE_HEADER_OVERFLOW") return refuse("PAYLOAD_TOO_LARGE");
  const issue: Issue = { in: "header", pointer: "", message: REASONS[code] ?? "is not HTTP" };
  return refuse("VALIDATION_ERROR", { issues: [issue] });
};

const HEADLINES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  413: "Content Too Large",
};

/** Answers what is not HTTP, or never became a whole request, in the form of all other errors. */
export const createBrokenRequestHandler =
  (registry: ErrorRegistry, errorFormat: ErrorFormat) =>
  (error: BrokenRequest, socket: HttpSocket): void => {
    // Browsers open connections ahead: one that has said nothing is closed without a word, or the word would be taken for the
    // answer to a request that is on its way. One that is closed they send anew.
    const isSilent = socket.bytesRead === 0;
    if (error.code === "ECONNRESET" || isSilent || socket.destroyed || !socket.writable) {
      socket.destroy();
      return;
    }
    const owed = socket._httpMessage ?? null;
    // A whole request before the broken one is being answered: what came next must neither take its place nor cut it.
    if (owed?.req.complete === true && !owed.writableFinished) {
      if (!owed.headersSent) owed.setHeader("connection", "close");
      owed.once("close", () => socket.destroySoon());
      return;
    }
    if (owed?.headersSent === true) {
      socket.destroy();
      return;
    }
    const { status, text } = errorBody(registry, errorFormat, refusalFor(error));
    const head = [
      `HTTP/1.1 ${status} ${HEADLINES[status] ?? "Error"}`,
      `Content-Type: ${JSON_ANSWER}`,
      `Content-Length: ${Buffer.byteLength(text)}`,
      "Connection: close",
    ];
    socket.end(`${head.join("\r\n")}\r\n\r\n${text}`, () => socket.destroySoon());
  };
