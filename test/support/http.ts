/** One request over real HTTP, and its whole answer. */
import { type Agent, request as httpRequest } from "node:http";

// biome-ignore lint/suspicious/noExplicitAny: tests read answers as JSON, whatever they are.
export type Json = any;

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Json;
  readonly text: string;
  readonly bytes: Buffer;
};

export type HttpCall = {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
};

export const sendHttp = (agent: Agent, url: string, { method, headers, body }: HttpCall): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const request = httpRequest(url, { method, agent, headers: { ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString("utf8");
        const { "content-type": type, "content-encoding": encoding } = response.headers;
        const json = type?.startsWith("application/json") === true && encoding === undefined && bytes.length > 0;
        const status = response.statusCode ?? 0;
        resolve({ status, headers: response.headers, text, bytes, body: json ? JSON.parse(text) : null });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
