/** Where the server is and who calls: the headers of a request, and a token that is renewed when it is refused. */
import { API } from "./types.ts";

/** @property renew the server refused the last one: it ran out, or its session was ended */
export type TokenSource = string | ((asked: { readonly renew: boolean }) => string | Promise<string>);

export type ConnectionOptions = {
  /** Of the exchange's listener, such as `https://parley.example`; in a browser the page's own origin unless given. */
  readonly baseUrl?: string;
  /** Left out: nobody's, or the session cookie's of the page's own origin. */
  readonly token?: TokenSource;
  /** Names the program in `Parley-Client`, which a write with a cookie has to bear. */
  readonly clientName?: string;
  readonly fetch?: typeof fetch;
};

export type Connection = {
  readonly urlOf: (path: string, query?: object) => string;
  /** @param renew whether the token of before was refused */
  headers(renew: boolean): Promise<Record<string, string>>;
  /** Whether a refused token can be renewed. */
  readonly renews: boolean;
  readonly send: typeof fetch;
};

export const connect = (options: ConnectionOptions): Connection => {
  const { token, clientName = "client" } = options;
  const base = (options.baseUrl ?? "").replace(/\/+$/, "");
  return {
    urlOf: (path, query = {}) => {
      const text = queryText(query);
      return `${base}${API}${path}${text === "" ? "" : `?${text}`}`;
    },
    async headers(renew) {
      const text = typeof token === "function" ? await token({ renew }) : token;
      const named = { "parley-client": clientName };
      return text === undefined ? named : { ...named, authorization: `Bearer ${text}` };
    },
    renews: typeof token === "function",
    send: options.fetch ?? ((input, init) => fetch(input, init)),
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
