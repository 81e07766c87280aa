/** The language of the page: its catalogue, and sentences with pieces that are more than text. */
import { createContext, Fragment, type ReactNode, useContext } from "react";
import { type Language, pieces, type Sentence } from "../kernel/i18n.ts";
import type { Catalogue } from "../locales/index.ts";

type Spoken = { readonly language: Language; readonly text: Catalogue; readonly choose: (language: Language) => void };

const SpokenContext = createContext<Spoken | null>(null);

export const SpokenProvider = SpokenContext.Provider;

export const useSpoken = (): Spoken => {
  const spoken = useContext(SpokenContext);
  if (spoken === null) throw new Error("A page is shown outside SpokenProvider.");
  return spoken;
};

/** The catalogue: `const { market } = useText()`. */
export const useText = (): Catalogue => useSpoken().text;

export const useLanguage = (): Language => useSpoken().language;

type PartsOf<Of> = Of extends Sentence<infer Parts> ? Parts : never;

/**
 * A sentence of the catalogue with elements in it: `<Say of={text.order.buying} with={{ amount, name }} />`. A language may
 * put them in any order.
 */
export const Say = <Of extends Sentence<never>>({
  of,
  with: parts,
}: {
  readonly of: Of;
  readonly with: { readonly [Name in keyof PartsOf<Of>]: ReactNode };
}) => {
  let index = 0;
  return pieces(of, parts).map((piece) => {
    index += 1;
    return typeof piece === "string" ? piece : <Fragment key={index}>{parts[piece.part]}</Fragment>;
  });
};

/** A person's name: whatever is in it stays text, and its direction stays its own. */
export const Name = ({ of }: { readonly of: { readonly name: string | null } }) => {
  const { common } = useText();
  return <bdi>{of.name ?? common.nameless}</bdi>;
};
