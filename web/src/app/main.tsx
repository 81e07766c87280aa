/** Where the app begins: the choices of this browser, the words, and the first page. */
import "../styles/font.css";
import "../styles/tokens.css";
import "../styles/reset.css";
import "../styles/type.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { host } from "../data/host.ts";
import { applyTheme } from "../data/theme.ts";
import { EMBED_PATH, isEmbedPath } from "../embed/frame.ts";
import { chooseLanguage } from "../kernel/i18n.ts";
import { loadCatalogue } from "../locales/index.ts";
import { App } from "./App.tsx";
import { applyLook, firstLook } from "./host-look.ts";
import { languageChoice } from "./language.ts";

// Somebody opened the address of the frame by itself: the app proper is what they want.
if (host === null && isEmbedPath(location.pathname))
  location.replace(location.pathname.slice(EMBED_PATH.length) || "/");

const look = host === null ? null : await firstLook(host);
if (look === null) applyTheme();
else applyLook(look);
const language = chooseLanguage(look === null ? languageChoice.read() : look.language, navigator.languages);
document.documentElement.lang = language;

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
const text = await loadCatalogue(language);
createRoot(root).render(
  <StrictMode>
    <App first={{ language, text }} />
  </StrictMode>,
);
