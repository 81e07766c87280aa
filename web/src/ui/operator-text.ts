/** The words of the console. Suspends until they are there: the route has the boundary. */
import type { Subjects } from "../locales/index.ts";
import { useWords } from "./words.ts";

export const useOperatorText = (): Subjects["operator"] => useWords("operator");
