/** A small HTTP listener: whole bodies in, texts out. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as readText } from "node:stream/consumers";

export type HttpRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string;
  /** Of the page that sent it, as a browser says. */
  readonly origin: string | null;
  readonly body: string;
};

/** @property after what follows, once the answer is out */
export type Reply = {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly after?: () => Promise<void>;
};

export type Listener = { readonly address: string; stop(): Promise<void> };

/** A callback is a JWS of at most 16 KiB; what is longer is not read. */
const MAX_BODY_BYTES = 64 * 1_024;

export const jsonReply = (status: number, text = "{}"): Reply => ({ status, text, contentType: "application/json" });

export const refusal = (status: number, code: string, message: string): Reply =>
  jsonReply(status, JSON.stringify({ code, message }));

/** @param answer a fault in it is answered with 500 and reported @param port 0: the system chooses */
export const listen = async (
  { host, port }: { readonly host: string; readonly port: number },
  answer: (asked: HttpRequest) => Promise<Reply>,
  onFault: (error: unknown) => void,
): Promise<Listener> => {
  const server = createServer((request, response) => {
    serve(request, response, answer).catch((error: unknown) => {
      onFault(error);
      if (!response.headersSent) send(response, refusal(500, "INTERNAL_ERROR", "Something broke here."));
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the listener has no port");
  return {
    address: `http://${host.includes(":") ? `[${host}]` : host}:${bound.port}`,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

const serve = async (
  request: IncomingMessage,
  response: ServerResponse,
  answer: (asked: HttpRequest) => Promise<Reply>,
): Promise<void> => {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES || "transfer-encoding" in request.headers)
    return send(response.setHeader("connection", "close"), refusal(413, "PAYLOAD_TOO_LARGE", "The body is too long."));
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://bank");
  const reply = await answer({
    method: request.method ?? "",
    path: pathname,
    query: searchParams,
    contentType: (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "",
    origin: request.headers.origin ?? null,
    body: await readText(request),
  });
  send(response, reply);
  await reply.after?.();
};

const send = (response: ServerResponse, { status, text, contentType, headers }: Reply): void => {
  const own = { "content-type": contentType, "content-length": Buffer.byteLength(text) };
  response.writeHead(status, { ...headers, ...own }).end(text);
};
