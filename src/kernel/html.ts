/** HTML of values that others wrote: whatever goes into a page is escaped unless it was made here. */

/** HTML that may go into a page as it is. */
export type Markup = { readonly html: string };

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

type Value = string | Markup | readonly Markup[];

const rendered = (value: Value): string => {
  if (typeof value === "string") return escaped(value);
  return "html" in value ? value.html : value.map(({ html }) => html).join("");
};

/** A template whose values are escaped; in attributes they stand between quotes. */
export const markup = (texts: TemplateStringsArray, ...values: readonly Value[]): Markup => ({
  html: texts.reduce((html, text, index) => html + rendered(values[index - 1] ?? "") + text),
});

export const NO_MARKUP: Markup = { html: "" };
