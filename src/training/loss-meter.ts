/** Sums and counts of a meter, per task `[T]`. */
export interface MeterState {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

/** Mean losses over steps in which a task had labels. */
export class LossMeter {
  readonly #names: readonly string[];
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  /** Starts from nothing, or from where another meter of the same tasks stood. */
  constructor(names: readonly string[], from?: MeterState) {
    this.#names = names;
    this.#sums = from?.sums.slice() ?? new Float64Array(names.length);
    this.#counts = from?.counts.slice() ?? new Float64Array(names.length);
  }

  /** A copy of where the meter stands. */
  get state(): MeterState {
    return { sums: this.#sums.slice(), counts: this.#counts.slice() };
  }

  /** Adds the losses `[S, T]` of some steps, with `present` `[S, T]`; without it every task was. */
  add(losses: Float32Array, present?: Float32Array): void {
    losses.forEach((loss, i) => {
      if (present?.[i] === 0) return;
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
