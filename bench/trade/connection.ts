/**
 * HTTP over one kept connection, for load: it writes a request and takes the answer, no more. A general client costs
 * several times as much, and the generator shares its cores with what it measures.
 */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export type Answered = { readonly status: number; readonly body: string };

export type Connection = {
  post(path: string, token: string, key: string, body: string): Promise<Answered>;
  /** A whole request as text. */
  send(request: string): Promise<Answered>;
  close(): void;
};

const HEAD_END = "\r\n\r\n";
const LENGTH = "\r\ncontent-length: ";

/** The answer, when all of it is here. Bytes are read as Latin-1, so that characters count bytes. */
const answerIn = (text: string): Answered | null => {
  const head = text.indexOf(HEAD_END);
  if (head < 0) return null;
  const at = text.indexOf(LENGTH);
  const length = at < 0 || at > head ? 0 : Number.parseInt(text.slice(at + LENGTH.length, at + LENGTH.length + 9), 10);
  const start = head + HEAD_END.length;
  if (text.length < start + length) return null;
  return { status: Number(text.slice(9, 12)), body: text.slice(start, start + length) };
};

export const openConnection = (host: string, port: number): Promise<Connection> =>
  new Promise((resolve, reject) => {
    const socket: Socket = connect({ host, port, noDelay: true });
    let received = "";
    let waiting: { resolve(answer: Answered): void; reject(error: Error): void } | null = null;
    const fail = (error: Error) => {
      reject(error);
      waiting?.reject(error);
      waiting = null;
    };
    socket.setEncoding("latin1");
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("the server closed a connection")));
    socket.on("data", (chunk: string) => {
      received = received === "" ? chunk : received + chunk;
      const answer = answerIn(received);
      if (answer === null) return;
      received = "";
      const asked = waiting;
      waiting = null;
      asked?.resolve(answer);
    });
    const head = `Host: ${host}:${port}\r\nContent-Type: application/json\r\n`;
    const send = (request: string) =>
      new Promise<Answered>((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request, "latin1");
      });
    const post = (path: string, token: string, key: string, body: string) =>
      send(
        `POST ${path} HTTP/1.1\r\n${head}Authorization: ${token}\r\nIdempotency-Key: ${key}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      );
    socket.once("connect", () => resolve({ post, send, close: () => socket.destroy() }));
  });

const RETRY_MS = 20;
const TRIES = 100;

/** As a client should: "try again" is tried again, with the same key. */
export const insist = async (send: () => Promise<Answered>, onRetry: () => void): Promise<Answered> => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await send();
    if (answer.status !== 503 || attempt === TRIES) return answer;
    onRetry();
    await sleep(RETRY_MS);
  }
};
