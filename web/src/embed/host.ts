/**
 * `/embed.js`, for host pages: puts the app into a frame, and hands it the host's own user's token whenever it asks. Promises
 * that a token goes to nobody but the app's own window at the origin that this script came from. Stands alone, and small.
 */
import type { FromFrame, FromHost, Look } from "./protocol.ts";

export type EmbedOptions = Look & {
  /** A token of whoever is signed in at the host, or null. Called at the beginning, and whenever the last one has run out. */
  readonly token: () => string | null | Promise<string | null>;
  /** Where in the app to begin, such as `/orders`. */
  readonly path?: string;
  /** What screen readers call the frame. */
  readonly title?: string;
};

export type Embedded = {
  readonly frame: HTMLIFrameElement;
  /** Changes what is given, and nothing else. */
  look(change: Look): void;
  /** Somebody else has signed in at the host, or nobody is any more. */
  reload(): void;
  remove(): void;
};

declare global {
  interface Window {
    Parley: { embed(place: string | Element, options: EmbedOptions): Embedded };
  }
}

const { origin } = new URL((document.currentScript as HTMLScriptElement).src);

window.Parley = {
  embed(place, { token, path = "", title = "Parley", language, theme, colors }) {
    const target = typeof place === "string" ? document.querySelector(place) : place;
    if (target === null) throw new Error(`Parley.embed: nothing fits ${place}`);
    let look = { language, theme, colors } as Look;
    const frame = document.createElement("iframe");
    frame.src = `${origin}/embed${path}`;
    frame.title = title;
    frame.allow = "clipboard-write";
    frame.style.cssText = "display:block;width:100%;height:100%;border:0";
    const post = (message: FromHost) => frame.contentWindow?.postMessage(message, origin);
    const hear = async ({ source, origin: from, data }: MessageEvent<Partial<FromFrame> | null>) => {
      if (source !== frame.contentWindow || from !== origin) return;
      if (data?.parley === "ready") post({ parley: "look", look });
      else if (data?.parley !== "renew") return;
      try {
        post({ parley: "token", token: await token() });
      } catch {
        post({ parley: "no-token" });
      }
    };
    addEventListener("message", hear);
    target.append(frame);
    return {
      frame,
      look(change) {
        look = { ...look, ...change };
        post({ parley: "look", look });
      },
      reload() {
        frame.src = `${origin}/embed${path}`;
      },
      remove() {
        removeEventListener("message", hear);
        frame.remove();
      },
    };
  },
};
