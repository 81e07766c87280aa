/** Where the server is and who calls. */
import { holdToken, type TokenHolder, type TokenSource } from "./tokens.ts";
import { API } from "./types.ts";

type Credentials = "omit" | "same-origin" | "include";

export type ConnectionOptions = {
  /** Of the exchange's listener, such as `https://parley.example`; in a browser the page's own origin unless given. */
  readonly baseUrl?: string;
  /**
   * A function is asked once, and with `renew` again when the server refuses what it gave. Left out: nobody's, or the
   * session cookie's of the page's own origin.
   */
  readonly token?: TokenSource;
  /** Names the program in `Parley-Client`, which a write with a cookie has to bear. */
  readonly clientName?: string;
  /** Of cookies, as `fetch` has it: `omit` where a token is all that counts. */
  readonly credentials?: Credentials;
  readonly fetch?: typeof fetch;
};

export type Connection = {
  readonly urlOf: (path: string, query?: object) => string;
  readonly tokens: TokenHolder;
  headersFor(token: string | null): Record<string, string>;
  readonly credentials: Credentials | undefined;
  /** Null: the platform's own `fetch`, and what else it has. */
  readonly ownFetch: typeof fetch | null;
  readonly send: typeof fetch;
};

export const connect = ({ token, clientName = "client", credentials, ...options }: ConnectionOptions): Connection => {
  const base = (options.baseUrl ?? "").replace(/\/+$/, "");
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  return {
    urlOf: (path, query = {}) => {
      const text = queryText(query);
      return `${base}${API}${path}${text === "" ? "" : `?${text}`}`;
    },
    tokens: holdToken(token),
    headersFor: (held) => ({
      "parley-client": clientName,
      ...(held === null ? {} : { authorization: `Bearer ${held}` }),
    }),
    credentials,
    ownFetch: options.fetch ?? null,
    send: credentials === undefined ? send : (input, init) => send(input, { ...init, credentials }),
  };
};

/** A list is one value after the other, as our servers read it. */
const queryText = (query: object): string => {
  const text = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) text.append(name, String(one));
  }
  return text.toString();
};

/** `/p2p/orders/{id}` and `{ id: 7 }` */
export const fill = (path: string, values: Readonly<Record<string, string | number>> = {}): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TypeError(`${path} needs ${name}`);
    return encodeURIComponent(String(value));
  });
