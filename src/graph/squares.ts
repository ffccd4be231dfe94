const MASK = (1n << 64n) - 1n;
const HALF = 32n; // bits in half a word

/**
 * 32 random bits as a pure function of a counter and a key: three rounds of squaring, adding and swapping the halves of a
 * 64-bit word, and a fourth whose upper half is the result.
 *
 * @param counter in [0, 2⁶⁴).
 * @param key odd, with an irregular bit pattern, in [0, 2⁶⁴).
 * @see Widynski 2020, "Squares: A Fast Counter-Based RNG", `squares32`. https://arxiv.org/abs/2004.06278
 */
export function squares32(counter: bigint, key: bigint): number {
  const y = (counter * key) & MASK;
  const z = (y + key) & MASK;
  let x = y;
  for (const added of [y, z, y]) {
    x = (x * x + added) & MASK;
    x = (x >> HALF) | ((x << HALF) & MASK);
  }
  return Number(((x * x + z) & MASK) >> HALF);
}

const FIRST_KEY = 0xc58efd154ce32f6dn; // an irregular odd word, in the style of the paper's keys
const SEED_STEP = 2n * 0x9e3779b97f4a7c15n; // 2⁶⁴ over the golden ratio: near seeds give far keys; twice, so that keys stay odd
const STREAM_STEP = 2n * 0xd1342543de82ef95n; // another irregular word

/** The key of seed 0 in a stream; the key of seed s is `SEED_FACTOR` times s more, modulo 2⁶⁴. */
export const streamKey = (stream: number): bigint => (FIRST_KEY + BigInt(stream) * STREAM_STEP) & MASK;

/** What the key grows by from seed to seed, modulo 2⁶⁴. */
export const SEED_FACTOR: bigint = SEED_STEP & MASK;

/** The key of a seed, which may be negative, in a stream. */
export const keyOf = (seed: number, stream: number): bigint =>
  (streamKey(stream) + BigInt(seed) * SEED_FACTOR) & MASK;

/** The counter of the value at a position below 2³² of a step; 0 is left out, since its first round would be empty. */
export const counterOf = (step: number, position: number): bigint =>
  ((BigInt(step) << HALF) + BigInt(position) + 1n) & MASK;
