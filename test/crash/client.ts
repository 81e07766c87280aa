/** Requests that may lose their answer, and tell how far they came. */
import { Agent, request as httpRequest } from "node:http";

export type Ask = {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly token?: string | undefined;
  readonly body?: object | undefined;
  readonly key?: string | undefined;
};

export type Reply = { readonly status: number; readonly text: string; readonly replayed: boolean };

/** A request on its way. */
export type Flight = {
  /** Whether all of it was handed to the operating system. */
  readonly sent: boolean;
  /** Rejects when the connection was lost before the answer was whole. */
  readonly reply: Promise<Reply>;
};

export type Client = {
  fly(ask: Ask): Flight;
  /** Those that have no answer yet. */
  readonly flights: ReadonlySet<Flight>;
  close(): void;
};

export const createClient = (port: number): Client => {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const flights = new Set<Flight>();

  const send = ({ method, path, token, body, key }: Ask, onSent: () => void): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
        ...(payload === undefined
          ? {}
          : { "content-type": "application/json", "content-length": String(Buffer.byteLength(payload)) }),
      };
      const request = httpRequest({ host: "127.0.0.1", port, method, path, headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({
            status: response.statusCode ?? 0,
            text,
            replayed: response.headers["idempotent-replay"] === "true",
          });
        });
      });
      request.on("finish", onSent);
      request.on("error", reject);
      request.end(payload);
    });

  return {
    flights,
    fly(ask) {
      let sent = false;
      const reply = send(ask, () => {
        sent = true;
      });
      const flight: Flight = {
        get sent() {
          return sent;
        },
        reply,
      };
      flights.add(flight);
      reply.then(
        () => flights.delete(flight),
        () => flights.delete(flight),
      );
      return flight;
    },
    close: () => agent.destroy(),
  };
};
