/** RFC 8032 section 5.1: -x² + y² = 1 + d·x²·y² modulo P. */
const P = 2n ** 255n - 19n;
const D = 37_095_705_934_669_439_343_138_083_508_754_565_189_542_113_879_843_219_016_388_785_533_085_940_283_555n;
/** The highest bit is the sign of x. */
const Y_BITS = 2n ** 255n - 1n;

const power = (base: bigint, exponent: bigint): bigint => {
  let [result, square] = [1n, base % P];
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
};

/**
 * Whether 32 bytes are a public key that somebody has the private half of. Node takes any 32 bytes. Those that are no
 * point never verify anything; those of small order (x·y = 0, or twice the point has y = 0) belong to nobody, and whether
 * they verify what nobody has signed is up to the library.
 */
export const isEd25519Point = (bytes: Buffer): boolean => {
  const y = BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`) & Y_BITS;
  if (bytes.length !== 32 || y >= P) return false;
  const square = (y * y) % P;
  const smallOrder = (y * (square - 1n) * (D * square * square + 2n * square - 1n)) % P === 0n;
  // x² = (y² - 1) / (d·y² + 1) has a root when the product of both is a square (Euler).
  return !smallOrder && power((square - 1n) * (D * square + 1n), (P - 1n) / 2n) === 1n;
};
