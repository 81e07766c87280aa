/** Where the app begins: the choices of this browser, the words, and the first page. */
import "../styles/font.css";
import "../styles/tokens.css";
import "../styles/reset.css";
import "../styles/type.css";
import { StrictMode, startTransition } from "react";
import { createRoot } from "react-dom/client";
import { forgetAhead } from "../data/ahead.ts";
import { host } from "../data/host.ts";
import { meQuery, walletQuery } from "../data/me.ts";
import { orderQuery } from "../data/orders.ts";
import { queryClient } from "../data/query.ts";
import { sessionQuery } from "../data/session.ts";
import { applyTheme } from "../data/theme.ts";
import type { HostLink } from "../embed/frame.ts";
import type { Look } from "../embed/protocol.ts";
import { chooseLanguage } from "../kernel/i18n.ts";
import { loadCatalogue } from "../locales/index.ts";
import { App } from "./App.tsx";
import { languageChoice } from "./language.ts";
import { router } from "./router.tsx";
import { loadGuide } from "./shell/Guide.tsx";

/** Of the host, where there is one. */
const lookOf = async (link: HostLink): Promise<Look> => {
  const { applyLook, firstLook } = await import("./host-look.ts");
  const first = await firstLook(link);
  applyLook(first);
  return first;
};

/** A server that does not answer holds no page up. */
const ANSWERS_MS = 2_000;

const soon = (work: Promise<unknown>): Promise<void> =>
  Promise.race([
    work.then(
      () => {},
      () => {},
    ),
    new Promise<void>((resolve) => setTimeout(resolve, ANSWERS_MS)),
  ]);

/** What stands above every page for who is here: if it came later, the page would move down under the finger. */
const loadStrips = async (): Promise<void> => {
  const { person, demo_traders } = await queryClient.ensureQueryData(sessionQuery);
  if (person === null) return;
  const isDemo = demo_traders.length > 0;
  const [me] = await Promise.all([
    queryClient.ensureQueryData(meQuery),
    queryClient.prefetchQuery(walletQuery),
    isDemo && loadGuide(),
  ]);
  const [followed] = me.active_orders;
  if (isDemo && followed !== undefined) await queryClient.prefetchQuery(orderQuery(followed.order_id));
};

/** What the page has asked for, by its route and by the strips: it is drawn once, not with gaps first. */
const answers = () =>
  Promise.all(
    queryClient
      .getQueryCache()
      .findAll({ fetchStatus: "fetching" })
      .map((query) => query.fetch()),
  );

// No await at the top: what is loaded here imports this very file, and would wait for it.
const start = async (root: HTMLElement): Promise<void> => {
  // What was loaded for this has run: a finger may be answered first.
  await new Promise((resolve) => setTimeout(resolve));
  const look = host === null ? null : await lookOf(host);
  if (look === null) applyTheme();
  const language = chooseLanguage(look === null ? languageChoice.read() : look.language, navigator.languages);
  document.documentElement.lang = language;
  // All at once: the words, the first page, and who is here.
  const [text] = await Promise.all([loadCatalogue(language), router.load(), soon(loadStrips())]);
  await soon(answers());
  forgetAhead();
  // In a transition, React draws in slices and lets go of the thread between them.
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <App first={{ language, text }} />
      </StrictMode>,
    ),
  );
};

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
void start(root);
