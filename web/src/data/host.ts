/** The page of another site that shows the app in a frame, where there is one: the token and the look are its own. */
import { allowedOrigins, type HostLink, isEmbedPath, linkHost } from "../embed/frame.ts";

const isFramed = window.parent !== window;

export const host: HostLink | null =
  isFramed && isEmbedPath(location.pathname) ? linkHost(window, window.parent, allowedOrigins(document)) : null;
