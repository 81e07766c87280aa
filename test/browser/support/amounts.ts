/** Amounts as pages write them, for tests that look for them. */

/** Matches the words whatever blanks stand in them: those in amounts do not break. */
export const amount = (text: string): RegExp =>
  new RegExp(
    text
      .replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .split(" ")
      .join("\\s"),
  );

/** Kopecks. */
export const rub = (roubles: number): number => roubles * 100;
