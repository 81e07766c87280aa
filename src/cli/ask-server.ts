/** The running server's API, called with a token of this installation's own key. */
import { type Config, isLoopbackHost } from "../config.ts";
import type { Role } from "../http/index.ts";
import { FailedError, withoutTrailing } from "../kernel/index.ts";
import { UsageError } from "./command.ts";
import { openOwnIssuer } from "./own-keys.ts";
import { readUrl } from "./rail-files.ts";

export type Json = Readonly<Record<string, unknown>>;
export type Ask = (method: string, path: string, body?: Json) => Promise<Json>;

/** For one command. */
const TOKEN_SECONDS = 60;
const ANSWER_LIMIT_MS = 10_000;
const EVERYWHERE: ReadonlyMap<string, string> = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["::", "[::1]"],
]);

/** Where the server is, as the same environment tells it. */
export const addressOf = ({ publicUrl, host, port }: Config, given: string | undefined): string => {
  if (given !== undefined) return readTarget(given);
  if (publicUrl !== null) return readTarget(publicUrl);
  if (port === 0) throw new UsageError("--url is missing: PORT is 0, so that nobody knows where the server is.");
  return originOfListener(host, port);
};

/** Where a listener is reached from this machine. */
export const originOfListener = (host: string, port: number): string => {
  const name = EVERYWHERE.get(host) ?? (host.includes(":") && !host.startsWith("[") ? `[${host}]` : host);
  return `http://${name}:${port}`;
};

/** Whoever reads the token on its way may do the same as long as it lives. */
const readTarget = (given: string): string => {
  const url = readUrl("--url", given);
  if (url.protocol === "http:" && !isLoopbackHost(url.hostname))
    throw new UsageError(`--url is "${given}"; allowed is https, or http on a loopback host.`);
  return withoutTrailing(given, "/");
};

export type AskOptions = {
  /** Where the exchange's listener is; as the configuration says unless given. */
  readonly url?: string | undefined;
  /** Who is noted as having done it. */
  readonly user: string;
  readonly role: Role;
  /** Stands before every path. */
  readonly path: string;
};

export const createAsk = (config: Config, options: AskOptions): Ask => {
  const url = addressOf(config, options.url);
  const send = async (method: string, path: string, body?: Json): Promise<Response> => {
    const issuer = await openOwnIssuer(config.dataDir);
    const token = await issuer.signToken({ sub: options.user, roles: [options.role], ttlSeconds: TOKEN_SECONDS });
    return fetch(`${url}${options.path}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    }).catch(() => {
      throw new FailedError(`No answer from ${url}: does the server run there? --url says where it is.`);
    });
  };
  return async (method, path, body) => {
    const response = await send(method, path, body);
    const answer = await readAnswer(response);
    if (response.ok) return answer;
    if (response.status === 401)
      throw new FailedError(
        `${url} does not know this installation's key: is DATA_DIR (${config.dataDir}) the server's?`,
      );
    throw new FailedError(sentenceOf(response.status, answer));
  };
};

const readAnswer = async (response: Response): Promise<Json> => {
  const text = await response.text();
  if (text === "") return {};
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new FailedError(
      `${response.url} answers ${response.status} with something that is no JSON: is it the server?`,
    );
  }
};

type Issue = { readonly pointer: string; readonly message: string };
type Details = { readonly issues?: readonly Issue[]; readonly fault?: string; readonly bank_code?: string };

/** What the server said, in a line. */
const sentenceOf = (status: number, { code, message, details }: Json): string => {
  const { issues = [], fault, bank_code } = (details ?? {}) as Details;
  const more = [...issues.map(({ pointer, message: what }) => `${pointer} ${what}`.trim()), fault, bank_code];
  const said = more.filter((part) => part !== undefined).join("; ");
  return `${status} ${String(code)}: ${String(message)}${said === "" ? "" : `\n  ${said}`}`;
};
