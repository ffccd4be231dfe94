/** Mean losses over steps in which a task had labels. */
export class LossMeter {
  readonly #names: readonly string[];
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#sums = new Float64Array(names.length);
    this.#counts = new Float64Array(names.length);
  }

  /** Adds the losses `[S, T]` of some steps, with `present` `[S, T]`. */
  add(losses: Float32Array, present: Float32Array): void {
    losses.forEach((loss, i) => {
      if (present[i] === 0) return;
      this.#sums[i % this.#names.length]! += loss;
      this.#counts[i % this.#names.length]! += 1;
    });
  }

  means(): Record<string, number> {
    return Object.fromEntries(
      this.#names.map((name, t) => [
        name,
        this.#counts[t]! > 0 ? this.#sums[t]! / this.#counts[t]! : Number.NaN,
      ]),
    );
  }

  counts(): Record<string, number> {
    return Object.fromEntries(this.#names.map((name, t) => [name, this.#counts[t]!]));
  }
}
