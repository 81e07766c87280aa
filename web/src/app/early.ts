/**
 * The first file of the app, and a small one: while the code that draws the page is on its way, it asks for the words, for who
 * is here and for what the page at this address shows. Then the code runs file by file, each in a task of its own, so that a
 * finger is answered in between.
 */
import { askAhead } from "../data/ahead.ts";
import { host } from "../data/host.ts";
import { EMBED_PATH, isEmbedPath } from "../embed/frame.ts";
import { queryOf, readSearch, withDefaults } from "../features/market/filters.ts";
import { chooseLanguage, type Language } from "../kernel/i18n.ts";
import { loadCatalogue, loadWords } from "../locales/index.ts";
import { languageChoice } from "./language.ts";
import { GUIDE_WORDS, ORDER_WORDS, orderAt } from "./opened.ts";

/** The build names the files of each, in links that do nothing before; see `vite.config.ts`. */
const askForFiles = (of: "order" | "guide"): void => {
  for (const link of document.querySelectorAll<HTMLLinkElement>(`link[data-for="${of}"]`))
    link.rel = link.dataset.rel ?? "";
};

const askForPerson = async (language: Language): Promise<void> => {
  const session = await askAhead("/identity/session");
  if (!session.ok || session.data.person === null) return;
  void askAhead("/p2p/me");
  void askAhead("/wallet");
  if (session.data.demo_traders.length === 0) return;
  askForFiles("guide");
  void loadWords(language, GUIDE_WORDS);
};

const askForMarket = (search: URLSearchParams): void => {
  void askAhead("/p2p/ads", { query: queryOf(withDefaults(readSearch(Object.fromEntries(search)))) });
  void askAhead("/p2p/settings");
  void askAhead("/p2p/payment-methods");
};

const askForOrder = (id: number, language: Language): void => {
  askForFiles("order");
  void askAhead("/p2p/orders/{id}", { path: { id } });
  for (const subject of ORDER_WORDS) void loadWords(language, subject);
};

const askForPage = ({ pathname, search }: Location): void => {
  const language = chooseLanguage(languageChoice.read(), navigator.languages);
  void loadCatalogue(language);
  void askForPerson(language);
  const order = orderAt(pathname);
  if (order !== null) askForOrder(order, language);
  else if (pathname === "/" || pathname === "/market") askForMarket(new URLSearchParams(search));
};

const start = async (): Promise<void> => {
  // What a host page shows in a frame, and as whom, that page has to say first.
  if (host === null) askForPage(location);
  await import("react-dom/client");
  await import("./main.tsx");
};

// Somebody opened the address of the frame by itself: the app proper is what they want.
if (host === null && isEmbedPath(location.pathname))
  location.replace(location.pathname.slice(EMBED_PATH.length) || "/");
else void start();
