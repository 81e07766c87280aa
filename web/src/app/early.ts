/**
 * The first file of the app, and a small one: while the code that draws the page is on its way, it asks for the words, for who
 * is here and for what the page at this address shows. Then the code runs file by file, each in a task of its own, so that a
 * finger is answered in between.
 */
import { askAhead } from "../data/ahead.ts";
import { host } from "../data/host.ts";
import { EMBED_PATH, isEmbedPath } from "../embed/frame.ts";
import { queryOf, readSearch, withDefaults } from "../features/market/filters.ts";
import { chooseLanguage } from "../kernel/i18n.ts";
import { loadCatalogue } from "../locales/index.ts";
import { languageChoice } from "./language.ts";

const askForPerson = async (): Promise<void> => {
  const session = await askAhead("/identity/session");
  if (!session.ok || session.data.person === null) return;
  void askAhead("/p2p/me");
  void askAhead("/wallet");
};

const askForPage = (path: string, search: URLSearchParams): void => {
  const order = /^\/orders\/(\d+)$/.exec(path)?.[1];
  if (order !== undefined) void askAhead("/p2p/orders/{id}", { path: { id: Number(order) } });
  if (path !== "/" && path !== "/market") return;
  void askAhead("/p2p/ads", { query: queryOf(withDefaults(readSearch(Object.fromEntries(search)))) });
  void askAhead("/p2p/settings");
  void askAhead("/p2p/payment-methods");
};

/** The build names the files of pages that people open by their address; here is where the address is known. */
const preloadPage = (path: string): void => {
  for (const link of document.querySelectorAll<HTMLLinkElement>("link[data-for]")) {
    const { for: start = path, rel = "" } = link.dataset;
    if (path.startsWith(start)) link.rel = rel;
  }
};

const start = async (): Promise<void> => {
  preloadPage(location.pathname);
  if (host === null) {
    void askForPerson();
    askForPage(location.pathname, new URLSearchParams(location.search));
    void loadCatalogue(chooseLanguage(languageChoice.read(), navigator.languages));
  }
  await import("react-dom/client");
  await import("./main.tsx");
};

// Somebody opened the address of the frame by itself: the app proper is what they want.
if (host === null && isEmbedPath(location.pathname))
  location.replace(location.pathname.slice(EMBED_PATH.length) || "/");
else void start();
