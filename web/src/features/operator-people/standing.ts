/** How somebody stands, as a word and a colour. */
import type { PersonFacts } from "../../data/types.ts";
import type { Words } from "../../locales/index.ts";
import type { Tone } from "../../ui/Notice.tsx";

export const standingOf = (
  { suspended, owed }: PersonFacts["standing"],
  people: Words["operatorPeople"],
): { readonly word: string; readonly tone: Tone } => {
  if (suspended === "operator") return { word: people.byOperator, tone: "danger" };
  if (suspended === "debt") return { word: people.byDebt, tone: "danger" };
  return owed > 0 ? { word: people.excused, tone: "soon" } : { word: people.free, tone: "done" };
};
