/** Stands between a store and PostgreSQL and does what networks do: loses, cuts, goes silent. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * `cut-commit`: a commit is lost with its connection. `lose-answer`: a commit arrives and its answer is lost with the
 * connection. `lie`: a commit is answered with another tag. `cut`: any word from the client ends the connection, as when
 * the server had died unnoticed. `silent-server`, `silent-commit`: no answer comes any more, from now or from a commit on.
 */
export type Fault = "none" | "cut-commit" | "lose-answer" | "lie" | "cut" | "silent-server" | "silent-commit";

export type Proxy = {
  readonly url: string;
  /** What goes wrong from now on; `cut`, `cut-commit`, `lose-answer` and `lie` happen once. */
  fault: Fault;
  /** Ends all connections. */
  sever(): void;
  /** Whether new connections are refused. */
  refuse(yes: boolean): Promise<void>;
  close(): Promise<void>;
};

const COMMIT_SENT = Buffer.from("commit\0");
const COMMIT_DONE = Buffer.from("COMMIT\0");
/** A tag of the same length. */
const OTHER_TAG = Buffer.from("REVOKE\0");

export const startProxy = async (databaseUrl: string): Promise<Proxy> => {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const state: { fault: Fault; silent: boolean } = { fault: "none", silent: false };

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", end);
      socket.on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on("data", (bytes) => {
      const commits = bytes.includes(COMMIT_SENT);
      if (state.fault === "cut" || (state.fault === "cut-commit" && commits)) {
        state.fault = "none";
        end();
        return;
      }
      if (state.fault === "silent-commit" && commits) state.silent = true;
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      const done = bytes.indexOf(COMMIT_DONE);
      if (done >= 0 && state.fault === "lose-answer") {
        state.fault = "none";
        end();
        return;
      }
      if (done >= 0 && state.fault === "lie") {
        state.fault = "none";
        OTHER_TAG.copy(bytes, done);
      }
      if (state.fault !== "silent-server" && !state.silent) client.write(bytes);
    });
  });

  const listen = async (port: number) => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);

  const sever = () => {
    state.silent = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    get fault() {
      return state.fault;
    },
    set fault(fault) {
      state.fault = fault;
    },
    sever,
    async refuse(yes) {
      if (!yes) return listen(port);
      const closed = once(server, "close");
      server.close();
      sever();
      await closed;
    },
    async close() {
      const closed = server.listening ? once(server, "close") : undefined;
      server.close();
      sever();
      await closed;
    },
  };
};
