/** RSA keys that look sound and are not: too short, with numbers that nobody should use, or made by a chip that failed. */
import { decodeBase64url } from "./base64url.ts";

/** Below 2048 bits a modulus can be factored; above 8192 each signature would cost us milliseconds. */
export const RSA_BITS = { least: 2_048, most: 8_192 };

/** FIPS 186-5: odd and above 2^16, for small ones have a history of attacks. A longer one lets the signer choose our work. */
const RSA_EXPONENT = { least: 65_537n, mostBytes: 4 };

/** The first 39: those that ROCA's primes have in common whatever the size of the key. */
const SMALL_PRIMES: readonly bigint[] = [
  2n,
  ...Array.from({ length: 83 }, (_, index) => 2n * BigInt(index) + 3n).filter((odd) => {
    for (let divisor = 3n; divisor * divisor <= odd; divisor += 2n) if (odd % divisor === 0n) return false;
    return true;
  }),
];
const PRODUCT = SMALL_PRIMES.reduce((product, prime) => product * prime, 1n);

const powersOf = (base: bigint, prime: bigint): ReadonlySet<bigint> => {
  const powers = new Set<bigint>();
  for (let power = 1n; !powers.has(power); power = (power * base) % prime) powers.add(power);
  return powers;
};

/** What a modulus of two of those primes leaves, by prime. */
const ROCA_REMAINDERS = SMALL_PRIMES.map((prime) => powersOf(65_537n % prime, prime));

/**
 * ROCA (CVE-2017-15361): chips that made primes of the form k·M + (65537^a mod M), M a product of the first primes, so that
 * their moduli are powers of 65537 modulo each of them. One sound modulus in 200 million looks like one by chance.
 */
const isRoca = (remainders: readonly bigint[]): boolean =>
  remainders.every((remainder, index) => ROCA_REMAINDERS[index]?.has(remainder) === true);

const numberOf = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString("hex")}`);

const faultOfModulus = (bytes: Buffer): string | null => {
  if (bytes[0] === 0) return "Write n without leading zero bytes.";
  const bits = bytes.length * 8 - (Math.clz32(bytes[0] ?? 0) - 24);
  if (bits < RSA_BITS.least || bits > RSA_BITS.most)
    return `Use an RSA key of ${RSA_BITS.least} to ${RSA_BITS.most} bits: a shorter one can be factored, a longer one takes too long.`;
  const rest = numberOf(bytes) % PRODUCT;
  const remainders = SMALL_PRIMES.map((prime) => rest % prime);
  if (remainders.includes(0n))
    return "Use another key: n has a small factor, so that anybody can work out the private half.";
  return isRoca(remainders)
    ? "Make a new key elsewhere: n has the fingerprint of ROCA (CVE-2017-15361), so that the private half can be worked out."
    : null;
};

const faultOfExponent = (bytes: Buffer): string | null => {
  if (bytes[0] === 0) return "Write e without leading zero bytes.";
  const sound =
    bytes.length <= RSA_EXPONENT.mostBytes && numberOf(bytes) >= RSA_EXPONENT.least && ((bytes.at(-1) ?? 0) & 1) === 1;
  return sound
    ? null
    : `Use an RSA key with the exponent 65537 (e is "AQAB"), or another odd one above it of at most ${RSA_EXPONENT.mostBytes} bytes: even and small ones are not safe.`;
};

/** @param n the modulus, decoded @param e as it was given @returns a sentence for whoever installs the key */
export const faultOfRsa = (n: Buffer, e: unknown): string | null => {
  const exponent = typeof e === "string" ? decodeBase64url(e) : null;
  return exponent === null
    ? "Give n and e in base64url without padding."
    : (faultOfModulus(n) ?? faultOfExponent(exponent));
};
