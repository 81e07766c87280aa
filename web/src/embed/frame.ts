/**
 * The app's side of a frame: where its token comes from, and how it is to look. Promises to hear nobody but the window that
 * frames it, at one of the origins that the server allows, and after the first message at that one alone. The token stays
 * in memory.
 */
import type { FromFrame, FromHost, Look } from "./protocol.ts";

/** Below it the app is served to be framed. */
export const EMBED_PATH = "/embed";
/** Where the server says who may frame us: origins, separated by blanks. */
const ORIGINS_META = "parley-embed-origins";
/** A host that does not answer for so long is not going to: the call fails, and may be tried again. */
export const HOST_ANSWERS_MS = 20_000;
/** No token is nearly that long. */
const LONGEST_TOKEN = 16_384;

export const isEmbedPath = (path: string): boolean => path === EMBED_PATH || path.startsWith(`${EMBED_PATH}/`);

export const allowedOrigins = (document: Document): readonly string[] =>
  document
    .querySelector<HTMLMetaElement>(`meta[name="${ORIGINS_META}"]`)
    ?.content.split(" ")
    .filter((origin) => origin !== "") ?? [];

/** A window as far as a link needs it. */
type Listening = Pick<Window, "addEventListener">;
type Posting = Pick<Window, "postMessage">;

export type HostLink = {
  /** The next token of the host: the first one that it gives, and after that a new one each time. Null: nobody is signed in. */
  token(): Promise<string | null>;
  /** The last look, now and whenever it changes. */
  onLook(show: (look: Look) => void): void;
};

type Waiting = PromiseWithResolvers<string | null> & { readonly timer: ReturnType<typeof setTimeout> };

export const linkHost = (self: Listening, parent: Posting, allowed: readonly string[]): HostLink => {
  let host: string | null = null;
  /** What came before anybody asked. */
  let early: string | null | undefined;
  /** The host gives its first token unasked. */
  let owed = true;
  let waiting: Waiting | null = null;
  let look: Look | null = null;
  let show = (_look: Look): void => {};
  const post = (message: FromFrame, to: string): void => parent.postMessage(message, { targetOrigin: to });

  const settle = (finish: (one: Waiting) => void): void => {
    if (waiting === null) return;
    clearTimeout(waiting.timer);
    finish(waiting);
    waiting = null;
  };
  self.addEventListener("message", ({ source, origin, data }: MessageEvent<unknown>) => {
    if (source !== parent || !allowed.includes(origin) || (host ?? origin) !== origin) return;
    const message = readMessage(data);
    if (message === null) return;
    host = origin;
    if (message.parley === "look") {
      look = message.look;
      show(look);
      return;
    }
    owed = false;
    if (message.parley === "no-token") settle(({ reject }) => reject(new Error("the host page gave no token")));
    else if (waiting === null) early = message.token;
    else settle(({ resolve }) => resolve(message.token));
  });
  post({ parley: "ready" }, "*");

  const giveUp = (): void => {
    owed = false;
    settle(({ reject }) => reject(new Error("the host page does not answer")));
  };

  return {
    async token() {
      if (early !== undefined) {
        const token = early;
        early = undefined;
        return token;
      }
      if (waiting === null) {
        waiting = { ...Promise.withResolvers<string | null>(), timer: setTimeout(giveUp, HOST_ANSWERS_MS) };
        if (!owed) post({ parley: host === null ? "ready" : "renew" }, host ?? "*");
      }
      return waiting.promise;
    },
    onLook(shown) {
      show = shown;
      if (look !== null) show(look);
    },
  };
};

const readMessage = (data: unknown): FromHost | null => {
  if (typeof data !== "object" || data === null || !("parley" in data)) return null;
  if (data.parley === "no-token") return { parley: "no-token" };
  if (data.parley === "look" && "look" in data) return { parley: "look", look: readLook(data.look) };
  if (data.parley !== "token" || !("token" in data)) return null;
  const { token } = data;
  return token === null || (typeof token === "string" && token.length <= LONGEST_TOKEN)
    ? { parley: "token", token }
    : null;
};

/** A host's mistake in one of them is no reason to leave out the others. */
const readLook = (given: unknown): Look => {
  const { language, theme, colors } = Object(given) as Record<string, unknown>;
  const named = Object.entries(Object(colors) as Record<string, unknown>);
  return {
    ...(typeof language === "string" ? { language } : {}),
    ...(theme === "light" || theme === "dark" ? { theme } : {}),
    colors: Object.fromEntries(named.filter((entry): entry is [string, string] => typeof entry[1] === "string")),
  };
};
