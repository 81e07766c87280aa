/** Where the app begins: the choices of this browser, the words, and the first page. */
import "../styles/tokens.css";
import "../styles/reset.css";
import "../styles/type.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { applyTheme } from "../data/theme.ts";
import { chooseLanguage } from "../kernel/i18n.ts";
import { loadCatalogue } from "../locales/index.ts";
import { App } from "./App.tsx";
import { languageChoice } from "./language.ts";

applyTheme();
const language = chooseLanguage(languageChoice.read(), navigator.languages);
document.documentElement.lang = language;

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
const text = await loadCatalogue(language);
createRoot(root).render(
  <StrictMode>
    <App first={{ language, text }} />
  </StrictMode>,
);
