/**
 * The words of a subject that comes with its pages: `const take = useWords("take")`. The route loads them with its page
 * (`page()` in `app/router.tsx`); where it forgot to, they are waited for here.
 */
import { use } from "react";
import { loadWords, type Subject, type Words } from "../locales/index.ts";
import { useLanguage } from "./text.tsx";

// Always `use`, never a look into a cache before it: React renders a page that waited once more, and counts on the same calls.
export const useWords = <Of extends Subject>(subject: Of): Words[Of] => use(loadWords(useLanguage(), subject));
