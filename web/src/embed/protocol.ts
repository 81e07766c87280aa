/**
 * What a host page and the app in its frame say to each other. Every message is read only from the window and the origin
 * that it has to come from, on both sides; whatever is not one of these is not for us.
 */

/** How the app looks and speaks in the host's page. */
export type Look = {
  /** `en`, `ru` or `uk`; otherwise the browser's own. */
  readonly language?: string;
  /** Otherwise as the device has it. */
  readonly theme?: "light" | "dark";
  /** CSS colours by name, see `colours.ts`. */
  readonly colors?: Readonly<Record<string, string>>;
};

export type FromHost =
  | { readonly parley: "look"; readonly look: Look }
  /** Null: nobody is signed in there. */
  | { readonly parley: "token"; readonly token: string | null }
  /** The host could not say; it may be asked again. */
  | { readonly parley: "no-token" };

export type FromFrame =
  /** The frame listens: the first look and the first token may come. It holds nothing, and goes to whoever is there. */
  | { readonly parley: "ready" }
  /** The last token was refused. */
  | { readonly parley: "renew" };
