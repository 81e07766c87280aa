/**
 * The catalogues by language. English is the type: a message or plural form that another language lacks does not
 * compile. Each is a chunk of its own, loaded when it is chosen.
 */
import type { Language } from "../kernel/i18n.ts";
import type * as english from "./en/index.ts";
import type { operator } from "./en/operator.ts";

export type Catalogue = typeof english;

const LOADERS: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: () => import("./en/index.ts"),
  ru: () => import("./ru/index.ts"),
  uk: () => import("./uk/index.ts"),
};

export const loadCatalogue = (language: Language): Promise<Catalogue> => LOADERS[language]();

/** The console's words are a chunk of their own: few ever see it. */
export type OperatorWords = typeof operator;

const OPERATOR_LOADERS: Readonly<Record<Language, () => Promise<{ readonly operator: OperatorWords }>>> = {
  en: () => import("./en/operator.ts"),
  ru: () => import("./ru/operator.ts"),
  uk: () => import("./uk/operator.ts"),
};

export const loadOperatorWords = async (language: Language): Promise<OperatorWords> =>
  (await OPERATOR_LOADERS[language]()).operator;
