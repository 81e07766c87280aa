/**
 * How the clients behind the made-up numbers behave, by a number's last two digits. The five digits before them are
 * free, so that every try can take a number that nobody has linked yet.
 */

/** The banks that have clients of their own; a bank of any other name has those that everybody has. */
export const AURORA = "aurora";
export const BOREALIS = "borealis";

export type Conduct = {
  readonly ending: string;
  /** The bank that has this client. */
  readonly whose: typeof AURORA | typeof BOREALIS | "everybody" | "nobody";
  /** Linked when the bank starts: the number with five zeros. */
  readonly linked: boolean;
  /** What comes of asking the client. */
  readonly asked: "claims" | "refuses" | "is silent";
  /** When the bank confirms that a payment has arrived. */
  readonly confirms: "at once" | "later";
  readonly description: string;
};

const REFUSED: Omit<Conduct, "ending" | "description"> = {
  whose: "nobody",
  linked: false,
  asked: "refuses",
  confirms: "at once",
};
const CLAIMED = { linked: false, asked: "claims", confirms: "at once" } as const;

export const NUMBERS: readonly Conduct[] = [
  { ...CLAIMED, ending: "01", whose: AURORA, linked: true, description: "linked to Aurora from the start" },
  { ...CLAIMED, ending: "02", whose: BOREALIS, linked: true, description: "linked to Borealis from the start" },
  { ...CLAIMED, ending: "03", whose: AURORA, description: "found by a search, at Aurora; unlinked again once paid" },
  {
    ...CLAIMED,
    ending: "04",
    whose: BOREALIS,
    description: "found by a search, at Borealis; unlinked again once paid",
  },
  { ...REFUSED, ending: "05", description: "refused by every bank" },
  { ...REFUSED, ending: "06", whose: "everybody", asked: "is silent", description: "asked, and never answers" },
  { ...CLAIMED, ending: "07", whose: "everybody", description: "claimed by every bank that is asked; one wins" },
  {
    ...CLAIMED,
    ending: "08",
    whose: BOREALIS,
    linked: true,
    confirms: "later",
    description: "linked to Borealis; payments are confirmed a moment later",
  },
];

const MADE_UP = /^\+38050\d{5}(\d{2})$/;

/** @param free five digits that mean nothing */
export const numberOf = (ending: string, free = "00000"): string => `+38050${free}${ending}`;

/** How a bank's client behaves; a number that is not the bank's is refused. */
export const conductOf = (bank: string, phone: string): Conduct => {
  const ending = MADE_UP.exec(phone)?.[1] ?? "";
  const conduct = NUMBERS.find((number) => number.ending === ending);
  const has = conduct?.whose === "everybody" || conduct?.whose === bank;
  return conduct !== undefined && has ? conduct : { ...REFUSED, ending, description: "not a client" };
};

/** The phones that a bank links when it starts. */
export const linkedFromTheStart = (bank: string): readonly string[] =>
  NUMBERS.filter(({ whose, linked }) => linked && whose === bank).map(({ ending }) => numberOf(ending));
