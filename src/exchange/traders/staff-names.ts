/**
 * Names that pass for ours. Nobody who trades may look like an operator to the one who is about to pay: such a name is shown
 * as none. Judged by how a name looks or sounds, in whatever letters it is written; pure, and linear in the name.
 */
import { LRUCache } from "lru-cache";

/**
 * What may stand for a letter, by its look or its sound, in small letters without marks: Latin, Cyrillic, Greek, small
 * capitals, digits and signs. `ж` is written `zh`, `z` or `j` in Latin.
 */
const LOOKALIKES: Readonly<Record<string, string>> = {
  a: "aаαλɑᴀ4@",
  d: "dдδԁɗđᴅ∂",
  e: "eеєэεɛəᴇ3€",
  h: "hнһʜ",
  i: "iіиιıɪlӏjј1!|",
  k: "kкκҝᴋ",
  l: "lлιʟłiіıӏ1!|",
  m: "mмμᴍ",
  n: "nнпиηɴh",
  o: "oоοσøөѳօᴏ0°○",
  p: "pрпρᴘþ",
  r: "rргяɾʀp",
  s: "sсѕꜱ5$§c",
  t: "tтτᴛŧ7+†",
  u: "uуυцνvᴜиy",
  y: "yуγүʏ¥iіиıejеvu",
  z: "zзᴢ2",
  ж: "жzj",
};

const SETS = new Map(Object.entries(LOOKALIKES).map(([letter, signs]) => [letter, new Set(signs)]));
const SIGNS = new Set(Object.values(LOOKALIKES).join(""));

/** Stems, with double letters once: operator and оператор; support, саппорт, поддержка, підтримка; admin; Parley. */
const STEMS: readonly (readonly string[])[] = [
  "operator",
  "suport",
  "saport",
  "poderжk",
  "poderzhk",
  "pidtrimk",
  "pidtrymk",
  "admin",
  "parley",
  "parli",
].map((stem) => [...stem]);

/** The game has the stem in it, and no operator ever was called so. */
const HARMLESS = /badminton|бадминтон|бадмінтон/g;

/** Letters in boxes and circles, and those of flags, which no normal form takes apart. */
const ENCLOSED = [
  [0x1f150, 0x1f169],
  [0x1f170, 0x1f189],
  [0x1f1e6, 0x1f1ff],
] as const;

const unenclosed = (sign: string): string => {
  const code = sign.codePointAt(0) ?? 0;
  const range = ENCLOSED.find(([from, to]) => code >= from && code <= to);
  return range === undefined ? sign : String.fromCodePoint(0x61 + code - range[0]);
};

const UNSEEN = /[\p{M}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
const LETTER = /[\p{L}\p{N}]/u;
/** A name has 64 characters; some of them stand for many. */
const MAX_SIGNS = 256;

/** A sign that is read, and whether a word begins with it, or ends. */
type Sign = { readonly sign: string; readonly first: boolean; readonly last: boolean };

/** Twice the same is once: a word with one letter more still reads as the word. */
const once = (signs: readonly Sign[]): readonly Sign[] => {
  const read: Sign[] = [];
  for (const each of signs) {
    const before = read.at(-1);
    if (before?.sign === each.sign) read[read.length - 1] = { ...before, last: each.last };
    else read.push(each);
  }
  return read;
};

/** The words of a name, each of its signs. */
const fold = (name: string): readonly (readonly Sign[])[] => {
  const plain = name
    .normalize("NFKD")
    .slice(0, 4 * MAX_SIGNS)
    .replaceAll(UNSEEN, "")
    .toLowerCase()
    .normalize("NFKD");
  const text = plain.replaceAll(UNSEEN, "").replaceAll(HARMLESS, " ");
  const words: string[][] = [[]];
  for (const sign of [...text].slice(0, MAX_SIGNS).map(unenclosed)) {
    if (SIGNS.has(sign) || LETTER.test(sign)) words.at(-1)?.push(sign);
    else words.push([]);
  }
  return words.map((word) =>
    word.map((sign, index) => ({ sign, first: index === 0, last: index === word.length - 1 })),
  );
};

/** Where a stem that begins at a sign ends; null: it does not stand there. */
const endOf = (stem: readonly string[], signs: readonly Sign[], start: number): number | null => {
  const from = (letter: number, at: number): number | null => {
    if (letter === stem.length) return at;
    const accepted = SETS.get(stem[letter] ?? "");
    if (accepted?.has(signs[at]?.sign ?? "") !== true) return null;
    return from(letter + 1, at + 1) ?? (accepted.has(signs[at + 1]?.sign ?? "") ? from(letter, at + 1) : null);
  };
  return from(0, start);
};

const holds = (signs: readonly Sign[], isWanted: (start: number, end: number) => boolean): boolean =>
  STEMS.some((stem) =>
    signs.some((_sign, start) => {
      const end = endOf(stem, signs, start);
      return end !== null && isWanted(start, end);
    }),
  );

/** Inside one word anywhere; spread over several only as whole words, or every second full name would be one. */
const holdsStem = (words: readonly (readonly Sign[])[]): boolean => {
  if (words.some((word) => holds(once(word), () => true))) return true;
  const all = once(words.flat());
  const endsWord = (end: number): boolean => all[end - 1]?.last === true || /\d/.test(all[end]?.sign ?? "");
  return holds(all, (start, end) => all[start]?.first === true && endsWord(end));
};

/** Two letters that look like one: `rn` and `m`, `cl` and `d`. */
const joined = (name: string): string => name.toLowerCase().replaceAll("rn", "m").replaceAll("cl", "d");

/** Whether a name looks like one of ours. */
export const looksLikeStaff = (name: string): boolean => holdsStem(fold(name)) || holdsStem(fold(joined(name)));

/** Of names shown lately: a page of the market shows twenty. */
const MAX_KNOWN = 10_000;
const known = new LRUCache<string, boolean>({ max: MAX_KNOWN });

/** A person's name as others see it. */
export const shownName = (name: string | null): string | null => {
  if (name === null) return null;
  const judged = known.get(name) ?? looksLikeStaff(name);
  known.set(name, judged);
  return judged ? null : name;
};
