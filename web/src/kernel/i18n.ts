/**
 * The runtime of the catalogues: which language, which plural form, and how a sentence takes pieces that are more than
 * text. A message is a text, or a function of its parts that gives a whole sentence.
 */

export const LANGUAGES = ["en", "ru", "uk"] as const;
export type Language = (typeof LANGUAGES)[number];

/** In the language itself, as a person who reads no other looks for it. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: "English",
  ru: "Русский",
  uk: "Українська",
};

export const isLanguage = (value: unknown): value is Language => LANGUAGES.some((language) => language === value);

/** The choice if there is one, else the first of the browser's languages that we speak, else English. */
export const chooseLanguage = (choice: unknown, preferred: readonly string[]): Language => {
  if (isLanguage(choice)) return choice;
  const spoken = preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage);
  return spoken ?? "en";
};

/** The forms that each language needs; ru and uk need `other` as well, for 1,5. */
type Forms = {
  readonly en: "one" | "other";
  readonly ru: "one" | "few" | "many" | "other";
  readonly uk: "one" | "few" | "many" | "other";
};

/** A form with `#` where the figure stands. */
export type Plural<In extends Language> = (count: number, forms: Readonly<Record<Forms[In], string>>) => string;

/** The chooser of one language: a missing form does not compile. @param figures the locale of its numbers */
export const pluralsOf = <In extends Language>(language: In, figures: string): Plural<In> => {
  const rules = new Intl.PluralRules(language);
  const format = new Intl.NumberFormat(figures);
  return (count, forms) => {
    const all = forms as Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;
    return (all[rules.select(count)] ?? all.other ?? "").replace("#", format.format(count));
  };
};

/** A message whose parts are named. */
export type Sentence<Parts> = (parts: Parts) => string;

const OPEN = "\ue000";
const CLOSE = "\ue001";
const MARKED = /\ue000(.*?)\ue001/;

/**
 * A sentence with pieces that are no text: each named part that is an object goes in as a mark, and the sentence comes
 * back in pieces, in whatever order its language puts them.
 */
export const pieces = <Parts extends Readonly<Record<string, unknown>>>(
  sentence: Sentence<never>,
  parts: Parts,
): readonly (string | { readonly part: keyof Parts })[] => {
  const marked = Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [
      name,
      typeof part === "string" || typeof part === "number" ? part : `${OPEN}${name}${CLOSE}`,
    ]),
  );
  const found: (string | { readonly part: keyof Parts })[] = [];
  let rest = sentence(marked as never);
  for (let match = MARKED.exec(rest); match !== null; match = MARKED.exec(rest)) {
    if (match.index > 0) found.push(rest.slice(0, match.index));
    found.push({ part: match[1] ?? "" });
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== "") found.push(rest);
  return found;
};
