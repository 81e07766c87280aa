/** Whether a detail looks like what it should be. Only a hint: banks have numbers of every kind, and a warning refuses nothing. */
import type { Detail } from "./draft.ts";

export type Warning = "card" | "phone" | "iban";

const BLANKS = /[\s\u00a0-]/g;

/** The check digit of cards: every second digit from the right counts twice. */
const hasCheckDigit = (digits: string): boolean => {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
};

const isCard = (text: string): boolean => /^\d{12,19}$/.test(text) && hasCheckDigit(text);

/** With its country: people of one trade may be of two. */
const isPhone = (text: string): boolean => /^\+?\d{10,15}$/.test(text.replace(/[()]/g, ""));

/** ISO 13616: the first four behind, letters as numbers, and what is left of it by 97 is 1. */
const isIban = (text: string): boolean => {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/i.test(text)) return false;
  const moved = (text.slice(4) + text.slice(0, 4)).toUpperCase();
  const digits = moved.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
};

const CHECKS = { card: isCard, phone: isPhone, iban: isIban } as const;

/** @returns what it does not look like; null where it looks right, or nothing is written yet */
export const warningOf = (kind: Detail["kind"], value: string): Warning | null => {
  const bare = value.replace(BLANKS, "");
  return kind === "text" || bare === "" || CHECKS[kind](bare) ? null : kind;
};
