/**
 * The catalogues by language. English is the type: a message or plural form that another language lacks does not
 * compile. Each is a chunk of its own, loaded when it is chosen.
 */
import type { Language } from "../kernel/i18n.ts";
import type * as english from "./en/index.ts";

export type Catalogue = typeof english;

const LOADERS: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: () => import("./en/index.ts"),
  ru: () => import("./ru/index.ts"),
  uk: () => import("./uk/index.ts"),
};

export const loadCatalogue = (language: Language): Promise<Catalogue> => LOADERS[language]();
