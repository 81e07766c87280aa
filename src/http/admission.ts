/**
 * What a listener takes on, before a request is looked at: connections in all and of one address, requests at once on a
 * connection, and bytes of bodies that are still on their way. Both listeners share a process; each has bounds of its own, so
 * that neither can take all of it.
 */
import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { refuse } from "../kernel/index.ts";
import type { ClientAddress } from "./client-address.ts";
import { RefusedError } from "./errors.ts";

export type Admission = {
  /** Connections in all; more are closed at once. */
  readonly connections: number;
  /** Of one IPv4 address or IPv6 network, but this machine's own and trusted proxies', which speak for many. */
  readonly connectionsPerAddress: number;
  /** Bytes of bodies under way. */
  readonly bodyBytes: number;
};

/** Requests sent ahead on one connection. No client of ours does so at all; thousands fit into one packet's turn. */
const MAX_AHEAD = 16;
/** Of the free bytes, to one address: whoever comes next finds more than that. */
const SHARE_OF_FREE_BYTES = 1 / 8;
/** Of a body that does not say how long it is, and of one that is streamed. */
const ASSUMED_BYTES = 64 * 1_024;

const isLoopback = (address: string): boolean => address === "::1" || address.replace("::ffff:", "").startsWith("127.");

/** Counts by key. */
const createTally = () => {
  const counts = new Map<string, number>();
  return {
    of: (key: string): number => counts.get(key) ?? 0,
    add(key: string, change: number): void {
      const count = (counts.get(key) ?? 0) + change;
      if (count > 0) counts.set(key, count);
      else counts.delete(key);
    },
  };
};

export const boundConnections = (
  http: HttpServer,
  bounds: Admission,
  { isProxy, ofConnection }: ClientAddress,
): void => {
  const open = createTally();
  http.maxConnections = bounds.connections;
  http.on("connection", (socket: Socket) => {
    const { remoteAddress = "" } = socket;
    if (isLoopback(remoteAddress) || isProxy(remoteAddress)) return;
    const address = ofConnection(remoteAddress);
    if (open.of(address) >= bounds.connectionsPerAddress) {
      socket.destroy();
      return;
    }
    open.add(address, 1);
    socket.once("close", () => open.add(address, -1));
  });
};

const announcedBytes = ({ headers }: IncomingMessage): number => {
  const { "content-length": length, "transfer-encoding": coding } = headers;
  if (coding !== undefined) return ASSUMED_BYTES;
  return length === undefined ? 0 : Math.min(Number(length), ASSUMED_BYTES);
};

/** @returns how to take a body on; false: there is no room for it */
const createBodyBudget = (bounds: Admission, addressOf: ClientAddress) => {
  const taken = createTally();
  let free = bounds.bodyBytes;
  return (request: IncomingMessage): boolean => {
    const bytes = announcedBytes(request);
    if (bytes === 0) return true;
    const address = addressOf(request);
    if (taken.of(address) + bytes > free * SHARE_OF_FREE_BYTES) return false;
    free -= bytes;
    taken.add(address, bytes);
    request.once("close", () => {
      free += bytes;
      taken.add(address, -bytes);
    });
    return true;
  };
};

/** Requests of each connection that are not answered yet. */
const boundRequestsAhead = (http: HttpServer): void => {
  const ahead = new WeakMap<Socket, number>();
  http.prependListener("request", ({ socket }, response) => {
    const count = (ahead.get(socket) ?? 0) + 1;
    ahead.set(socket, count);
    response.once("close", () => ahead.set(socket, (ahead.get(socket) ?? 1) - 1));
    if (count > MAX_AHEAD) socket.destroy();
  });
};

/** Before any other hook. */
export const registerAdmission = (server: FastifyInstance, bounds: Admission, addressOf: ClientAddress): void => {
  boundConnections(server.server, bounds, addressOf);
  boundRequestsAhead(server.server);
  const takesBody = createBodyBudget(bounds, addressOf);
  server.addHook("onRequest", (request, _reply, done) => {
    if (request.raw.socket.destroyed) return;
    done(takesBody(request.raw) ? undefined : new RefusedError(refuse("OVERLOADED")));
  });
};
