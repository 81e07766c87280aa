/**
 * The catalogues by language. English is the type: a message or plural form that another language lacks does not
 * compile. Each is a chunk of its own, loaded when it is chosen. Words that no first page says are chunks beside it, one
 * for each subject, loaded by the pages that say them.
 */
import type { Language } from "../kernel/i18n.ts";
import type * as english from "./en/index.ts";
import type { operator } from "./en/operator.ts";
import type { wallet } from "./en/wallet.ts";

export type Catalogue = typeof english;

const LOADERS: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: () => import("./en/index.ts"),
  ru: () => import("./ru/index.ts"),
  uk: () => import("./uk/index.ts"),
};

export const loadCatalogue = (language: Language): Promise<Catalogue> => LOADERS[language]();

/** The words of each subject that has a chunk of its own. */
export type Subjects = { readonly operator: typeof operator; readonly wallet: typeof wallet };
export type Subject = keyof Subjects;

const SUBJECT_LOADERS: {
  readonly [Of in Subject]: Readonly<Record<Language, () => Promise<{ readonly [Name in Of]: Subjects[Of] }>>>;
} = {
  operator: {
    en: () => import("./en/operator.ts"),
    ru: () => import("./ru/operator.ts"),
    uk: () => import("./uk/operator.ts"),
  },
  wallet: {
    en: () => import("./en/wallet.ts"),
    ru: () => import("./ru/wallet.ts"),
    uk: () => import("./uk/wallet.ts"),
  },
};

export const loadWords = async <Of extends Subject>(subject: Of, language: Language): Promise<Subjects[Of]> =>
  (await SUBJECT_LOADERS[subject][language]())[subject];
