/** The words of a subject that are a chunk of their own. Suspends until they are there: the route has the boundary. */
import { use } from "react";
import { loadWords, type Subject, type Subjects } from "../locales/index.ts";
import { useLanguage } from "./text.tsx";

const loading = new Map<string, Promise<Subjects[Subject]>>();

/** @param subject such as "wallet": `const wallet = useWords("wallet")` */
export const useWords = <Of extends Subject>(subject: Of): Subjects[Of] => {
  const language = useLanguage();
  const id = `${language} ${subject}`;
  const words = loading.get(id) ?? loadWords(subject, language);
  loading.set(id, words);
  return use(words) as Subjects[Of];
};
