/**
 * The words of a subject that comes with its pages: `const take = useWords("take")`. The route loads them with its page
 * (`page()` in `app/router.tsx`); where it forgot to, they are waited for here.
 */
import { use } from "react";
import { loadWords, type Subject, type Words, wordsOf } from "../locales/index.ts";
import { useLanguage } from "./text.tsx";

export const useWords = <Of extends Subject>(subject: Of): Words[Of] => {
  const language = useLanguage();
  return wordsOf(language, subject) ?? use(loadWords(language, subject));
};
