/**
 * The rules of a ring of signing keys, pure: which one signs, whose tokens are taken, which ones everybody may know. A new
 * key is known for a while before it signs, so that whoever verifies has it by then; an old one is taken as long as a token
 * that it signed may live. Its public half stays known for ever, because documents outlive keys.
 */

export type RingKey = {
  readonly kid: string;
  readonly x: string;
  readonly y: string;
  /** The private half; undefined: erased, when the key had signed its last. */
  readonly d?: string | undefined;
  /** When it begins to sign, in milliseconds. */
  readonly from: number;
};

/** Oldest first; the first one has begun. */
export type Ring = readonly RingKey[];

export type View = {
  /** It signs. */
  readonly current: RingKey;
  /** Tokens that these signed are taken. */
  readonly taken: Ring;
  /** Everybody may know them; the one that signs comes first. */
  readonly listed: Ring;
  /** What is said here is true until then. */
  readonly until: number;
};

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Of a token of ours: with one that is lost, somebody is us for a day and no longer. */
export const MAX_TOKEN_SECONDS = DAY_MS / 1_000;
/** Nodes look for new keys each minute, and verifiers keep ours for five: all know a key before they meet it. */
export const LEAD_MS = 15 * MINUTE_MS;
/** Of two clocks. */
const TOLERANCE_MS = MINUTE_MS;
/** A key set is fetched by everybody who verifies: a key a week for a year. */
const MAX_KEYS = 52;

const retiredAt = (ring: Ring, index: number): number => ring[index + 1]?.from ?? Number.POSITIVE_INFINITY;

const takenUntil = (ring: Ring, index: number): number => retiredAt(ring, index) + DAY_MS + TOLERANCE_MS;

/** @throws when no key has begun to sign */
export const viewAt = (ring: Ring, now: number): View => {
  const current = ring.findLast(({ from }) => from <= now);
  if (current === undefined) throw new Error("no key of the ring has begun to sign");
  const ends = ring.flatMap(({ from }, index) => [from, takenUntil(ring, index)]);
  return {
    current,
    taken: ring.filter((_, index) => takenUntil(ring, index) > now),
    listed: [current, ...ring.filter((key) => key !== current).toReversed()],
    until: Math.min(...ends.filter((end) => end > now)),
  };
};

/** The key that was added and does not sign yet. */
export const waiting = (ring: Ring, now: number): RingKey | undefined => ring.find(({ from }) => from > now);

const withoutPrivateHalf = ({ d: _, ...key }: RingKey): RingKey => key;

/** A new key that signs after a while. Who signs no more loses what is needed for it. */
export const withNext = (ring: Ring, key: Omit<RingKey, "from">, now: number): Ring =>
  [
    ...ring.map((old, index) => (retiredAt(ring, index) <= now ? withoutPrivateHalf(old) : old)),
    { ...key, from: now + LEAD_MS },
  ].slice(-MAX_KEYS);

/** A new key at once, instead of all whose private half somebody may have: nothing that they signed is worth anything. */
export const withoutPresent = (ring: Ring, key: Omit<RingKey, "from">, now: number): Ring => [
  ...ring.filter(({ d }) => d === undefined),
  { ...key, from: now },
];
