/**
 * A combination Σ cₖ·gₖ of gradients that grows term by term, and its product with one of them at a time: only terms that are there
 * are summed, where keeping A·c for all gradients would cost K operations a term.
 */
export class GrownCombination {
  readonly #gramian: Float64Array;
  readonly #tasks: number;
  readonly #places: Int32Array;
  readonly #factors: Float64Array;
  #terms = 0;

  /** @param gramian A of K gradients `[K, K]`, row-major, symmetric. */
  constructor(gramian: Float64Array, K: number) {
    this.#gramian = gramian;
    this.#tasks = K;
    this.#places = new Int32Array(K);
    this.#factors = new Float64Array(K);
  }

  /** Begins anew with gradient `k` alone. */
  begin(k: number): void {
    this.#terms = 0;
    this.add(k, 1);
  }

  /** Adds `factor` times gradient `k`, which has no term yet. */
  add(k: number, factor: number): void {
    this.#places[this.#terms] = k;
    this.#factors[this.#terms] = factor;
    this.#terms += 1;
  }

  /** (A·c)ⱼ, the product with gradient `j`. */
  times(j: number): number {
    const gramian = this.#gramian;
    const places = this.#places;
    const factors = this.#factors;
    const terms = this.#terms;
    const row = j * this.#tasks;
    let a = 0; // two sums, neither of which waits for the other
    let b = 0;
    let k = 0;
    for (; k + 1 < terms; k += 2) {
      a += gramian[row + places[k]!]! * factors[k]!;
      b += gramian[row + places[k + 1]!]! * factors[k + 1]!;
    }
    if (k < terms) a += gramian[row + places[k]!]! * factors[k]!;
    return a + b;
  }
}
