/** What a password may be: long enough, and none that everybody tries first. */
import { isUsual } from "./usual.ts";

/** In characters as people count them. */
export const MIN_PASSWORD = 10;
/** Longer is no safer, and costs more to take in. */
export const MAX_PASSWORD = 128;

/** What is wrong with a password of a right length, as a sentence; null: nothing. */
export const faultOfPassword = (password: string, { login, name }: { login: string; name: string }): string | null => {
  const plain = password.normalize("NFKC").toLowerCase();
  const own = [login.toLowerCase(), login.split("@")[0] ?? "", name.normalize("NFKC").toLowerCase()];
  if (own.some((text) => text === plain)) return "must be another word than your login or your name";
  return isUsual(password) ? "is one that many people take: choose one that nobody guesses" : null;
};
