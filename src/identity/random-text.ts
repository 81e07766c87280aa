/** Random names that are read out and typed: small letters and digits, without those that look alike. */
import { randomBytes } from "node:crypto";

/** 32 of them, so that each byte's low bits choose one with equal chance. */
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

/** Five bits for each letter. */
export const randomText = (length: number): string =>
  [...randomBytes(length)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
