/** The language of this browser: what it chose, if it did, and what the page speaks now. */
import { isLanguage, LANGUAGES, type Language } from "../kernel/i18n.ts";
import { stored } from "../kernel/storage.ts";

export const languageChoice = stored("language", isLanguage);

/** `<html lang>` follows it. */
export const spokenLanguage = (): Language => {
  const { lang } = document.documentElement;
  return isLanguage(lang) ? lang : LANGUAGES[0];
};
