/**
 * Passwords that everybody tries first: words that many take, with figures and signs around them, rows of the keyboard, one
 * thing again and again, and nothing but figures. Bounded, and linear in the password.
 */

/** As they are after folding, which makes letters of what stands for them: `p@ssw0rd` is `password`. */
const WORDS = new Set(
  `password passwort passw pass parol parola senha contrasena motdepasse letmein welcome login secret qwerty azerty
  admin administrator root superuser superadmin master manager operator support user guest test testing tester
  iloveyou iloveu loveyou lovely love princess prince sunshine sunflower monkey dragon tiger lion eagle phoenix
  football baseball basketball hockey soccer volleyball superman batman spiderman pokemon naruto starwars matrix
  michael jordan jennifer jessica ashley nicole daniel andrew alexander anastasia vladimir natasha tatiana oksana
  charlie jasmine summer winter spring autumn hello helloworld whatever trustno freedom shadow ninja mustang harley
  computer internet samsung google facebook instagram telegram youtube apple iphone android windows microsoft linux
  killer hunter ranger soldier pepper cookie chocolate banana cheese orange flower butterfly purple blink metallica
  liverpool arsenal chelsea barcelona realmadrid manchester juventus spartak zenit dynamo shakhtar
  abcdef abcdefg abcabc asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc qweasd qweasdzxc qwertyuiop qwer asd
  changeme changeit default temp temporary newpassword mypassword yourpassword thepassword oldpassword nopassword
  parley exchange crypto bitcoin ethereum tether usdt wallet money million dollar rubles kopecks trader trading binance
  moscow russia ukraine ukraina kyiv kiev odessa kharkiv london america canada germany
  пароль парол йцукен йцукенгшщзхъ фывапролджэ ячсмитьбю привет любовь солнышко любимая котик зайка москва россия украина
  наташа максим александр анастасия владимир бабушка спартак зенит динамо паролик мойпароль пароле кохання сонечко україна
  київ`.split(/\s+/),
);

const ROWS = [
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "1234567890",
  "qazwsxedcrfvtgbyhnujmikolp",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
  "1q2w3e4r5t6y7u8i9o0p",
  "q1w2e3r4t5y6u7i8o9p0",
  "йцукенгшщзхъ",
  "фывапролджэ",
  "ячсмитьбю",
  "abcdefghijklmnopqrstuvwxyz",
  "абвгдежзийклмнопрстуфхцчшщъыьэюя",
] as const;

const STANDS_FOR: ReadonlyMap<string, string> = new Map([
  ["@", "a"],
  ["4", "a"],
  ["0", "o"],
  ["1", "i"],
  ["3", "e"],
  ["$", "s"],
  ["5", "s"],
  ["7", "t"],
  ["!", "i"],
]);

/** Fewer different characters are one thing again and again. */
const FEWEST_DIFFERENT = 5;
/** Of a row of the keyboard: so much of it in one piece is what a hand does by itself. */
const SHORTEST_PIECE = 4;
/** Shorter ones are dates, phones and cards. */
const ONLY_FIGURES = /^[\d\s.+-]{1,19}$/;

const fold = (text: string): string => [...text].map((sign) => STANDS_FOR.get(sign) ?? sign).join("");

/** Without the figures and signs that people put around a word, and as a word again and again. */
const coresOf = (text: string): readonly string[] => {
  const bare = text.replace(/^[^\p{L}]{1,128}/u, "");
  const letters = [...bare];
  let end = letters.length;
  while (end > 0 && !/\p{L}/u.test(letters[end - 1] ?? "")) end--;
  const core = letters.slice(0, end).join("");
  const all = [core, fold(core), fold(text), [...fold(text)].filter((sign) => /\p{L}/u.test(sign)).join("")];
  return all.flatMap((each) => [each, unitOf(each)]);
};

/** The shortest text that, said again and again, is this one. */
const unitOf = (text: string): string => {
  const at = `${text}${text}`.indexOf(text, 1);
  return at > 0 && at < text.length ? text.slice(0, at) : text;
};

const withoutRows = (text: string): number => {
  let rest = text.length;
  for (let start = 0; start < text.length; ) {
    const length = pieceAt(text, start);
    if (length >= SHORTEST_PIECE) {
      rest -= length;
      start += length;
    } else start++;
  }
  return rest;
};

/** How many characters from there run along a row, in either direction. */
const pieceAt = (text: string, start: number): number => {
  let longest = 0;
  for (const row of ROWS)
    for (const line of [row, [...row].reverse().join("")]) {
      const from = line.indexOf(text[start] ?? "");
      let length = 0;
      while (from >= 0 && start + length < text.length && text[start + length] === line[from + length]) length++;
      longest = Math.max(longest, length);
    }
  return longest;
};

/** So few characters beside rows of the keyboard make no password of one. */
const FEWEST_BESIDE_ROWS = 4;

/** @param password of a length that is allowed */
export const isUsual = (password: string): boolean => {
  const text = password.normalize("NFKC").toLowerCase();
  if (ONLY_FIGURES.test(text) || new Set(text).size < FEWEST_DIFFERENT) return true;
  if (withoutRows(text) < FEWEST_BESIDE_ROWS) return true;
  return coresOf(text).some((core) => WORDS.has(core));
};
