/** A made-up bank's accounts: each client has one, made of the bank's code and the client's phone. */

/** `UA00` as ISO 13616 counts it: U is 30, A is 10. */
const COUNTRY = "301000";
/** Of the account inside the IBAN. */
const DIGITS = 19;

/** @param code the six digits of the bank @param phone E.164 */
export const accountOf = (code: string, phone: string): string => {
  const inside = `${code}${phone.replace("+", "").padStart(DIGITS, "0")}`;
  const check = 98n - (BigInt(`${inside}${COUNTRY}`) % 97n);
  return `UA${String(check).padStart(2, "0")}${inside}`;
};

const PHONE = /^UA\d{8}0{7}(\d{12})$/;

/** Whose account it is; null for one that was not made here. */
export const phoneOf = (account: string): string | null => {
  const digits = PHONE.exec(account)?.[1];
  return digits === undefined ? null : `+${digits}`;
};

/** For logs: enough to recognise which of the numbers of `behaviour.ts` it is. */
export const masked = (phone: string): string => `${phone.slice(0, 4)}*******${phone.slice(-2)}`;

const NAMES = ["Оксана Мельник", "Богдан Шевчук", "Ірина Коваль", "Тарас Бондар", "Марія Лисенко", "Андрій Гнатюк"];

/** A made-up client's, the same each time. */
export const clientNameOf = (phone: string): string => NAMES[Number(phone.slice(-4)) % NAMES.length] ?? "";
