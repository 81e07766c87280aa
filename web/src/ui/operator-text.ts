/** The words of the console. Suspends until they are there: the route has the boundary. */
import { use } from "react";
import type { Language } from "../kernel/i18n.ts";
import { loadOperatorWords, type OperatorWords } from "../locales/index.ts";
import { useLanguage } from "./text.tsx";

const loading = new Map<Language, Promise<OperatorWords>>();

export const useOperatorText = (): OperatorWords => {
  const language = useLanguage();
  const words = loading.get(language) ?? loadOperatorWords(language);
  loading.set(language, words);
  return use(words);
};
