/** Texts from outside. Each step is linear in their length: a regular expression that is not can hold a process. */

/**
 * Without what stands at its end of these characters. `/x+$/` would begin anew at each of them, wherever they stand: 64 kB
 * of them took seconds.
 */
export const withoutTrailing = (text: string, characters: string): string => {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
};

/** Whether it has at most so many characters, as people count them: code points. Looks at no more than that. */
export const hasAtMost = (text: string, characters: number): boolean =>
  text.length <= characters || (text.length <= 2 * characters && [...text].length <= characters);
