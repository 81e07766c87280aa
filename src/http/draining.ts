/** Shutting down without losing a request: what was accepted is answered, what comes later gets a 503. */
import { once } from "node:events";
import { Server as NetServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { refuse, SECOND } from "../kernel/index.ts";
import { RefusedError } from "./errors.ts";

/**
 * Connections that are kept alive stay open for so long after the listener closed. Whoever was just sending a request
 * gets a 503 and "Connection: close" on them; closed at once, they would answer it with a reset.
 */
export const DRAIN_GRACE = 250;
/** No command takes longer than half of it. What is still open then (a stalled upload, a stream) is cut. */
const LIMIT = 10 * SECOND;

/** `close()` lets every request that was taken finish, and turns later ones away with an answer. */
export const registerDraining = (server: FastifyInstance, grace: number): void => {
  let draining = false;
  const sockets = new Set<Socket>();
  server.server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.decorate("isDraining", () => draining);

  server.addHook("onRequest", (_request, _reply, done) => {
    done(draining ? new RefusedError(refuse("OVERLOADED")) : undefined);
  });

  // Fastify says so only to requests that came after: the others' connections would stay open until they time out.
  server.addHook("onSend", (_request, reply, payload, done) => {
    if (draining) reply.header("connection", "close");
    done(null, payload);
  });

  server.addHook("preClose", async () => {
    draining = true;
    const { server: http } = server;
    if (!http.listening) return;
    const cut = setTimeout(() => http.closeAllConnections(), LIMIT);
    const closed = once(http, "close").finally(() => clearTimeout(cut));
    // The listener alone: http's own close() also destroys idle connections. Fastify calls that one afterwards.
    NetServer.prototype.close.call(http);
    const waited = new AbortController();
    await Promise.race([closed, sleep(grace, undefined, { signal: waited.signal })]);
    waited.abort();
    // Node takes a connection that never said anything for one with a request on its way, and would wait for it.
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  });
};
