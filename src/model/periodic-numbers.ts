import {
  type Dim,
  type Tensor,
  add,
  concat,
  constant,
  cos,
  gather,
  layer,
  matmul,
  mul,
  relu,
  reshape,
  scalar,
  sin,
  split,
} from "../graph/index.js";
import { type Parameter, undecayed, weights } from "./parameter.js";

/** Numbers among the encoded inputs that the model makes periodic features of; plain data. */
export interface PeriodicNumbers {
  /** Columns of the encoded matrix with the numbers on one scale: F of them. */
  readonly places: readonly number[];
  /** Learned frequencies of each number, K. */
  readonly frequencies: number;
  /** Features made of each number's waves, d. */
  readonly width: number;
  /** Deviation σ of the frequencies at the start. */
  readonly scale: number;
}

/** How many features are made of periodic numbers; 0 without. */
export const periodicWidth = (numbers: PeriodicNumbers | undefined): number =>
  numbers ? numbers.places.length * numbers.width : 0;

/** Frequencies `[F, K]`, and the weights `[2K, d]` and bias `[d]` of one linear layer for all numbers. All tasks share them. */
export function periodicLayout(numbers: PeriodicNumbers | undefined): Parameter[] {
  if (!numbers) return [];
  const { places, frequencies: K, width, scale } = numbers;
  return [
    { ...undecayed(name("frequencies"), [places.length, K], "normal"), scale },
    weights(name("weight"), [2 * K, width], "fan-in-uniform"),
    undecayed(name("bias"), [width], "zeros"),
  ];
}

/**
 * The encoded inputs with periodic features of their numbers behind them: ReLU([sin v; cos v]·W + b) for each number x, with
 * v = 2π·[c₁x, …, c_K x] and frequencies c of each number's own, learned from N(0, σ²) on.
 *
 * @param encoded `[R, D]`; R may be symbolic.
 * @returns `[R, D + F·d]`, the features of a number side by side; `encoded` itself without periodic numbers.
 * @see Gorishniy, Rubachev & Babenko 2022, "On Embeddings for Numerical Features in Tabular Deep Learning", eq. 4 and 5 (PLR).
 * Departures: the linear layer is shared by all numbers, as in the authors' later "lite" form, which has F times fewer weights;
 * the number itself stays among the inputs; numbers are standardised unless the study asks for normal scores.
 */
export function withPeriodic(
  numbers: PeriodicNumbers | undefined,
  encoded: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
): Tensor {
  if (!numbers) return encoded;
  const { places, frequencies: K, width } = numbers;
  const [F, R] = [places.length, encoded.shape[0] as Dim]; // a matrix has rows
  const of = (key: string): Tensor => parameters[name(key)]!;
  return layer("numbers", () => {
    const columns = constant({ dtype: "int32", shape: [F], data: Int32Array.from(places) });
    const x = reshape(gather(encoded, columns, 1), [R, F, 1]);
    const v = mul(x, mul(of("frequencies"), scalar(2 * Math.PI, encoded.dtype))); // [R, F, K]
    const [ofSines, ofCosines] = split(of("weight"), [K, K], 0) as [Tensor, Tensor];
    // one product for all numbers of all rows, where rows are counted
    const lines = (waves: Tensor): Tensor => (typeof R === "number" ? reshape(waves, [R * F, K]) : waves);
    const product = add(matmul(lines(sin(v)), ofSines), matmul(lines(cos(v)), ofCosines));
    const made = relu(add(product, of("bias")));
    return concat([encoded, reshape(made, [R, F * width])], 1);
  });
}

const name = (key: string): string => `trunk.numbers.${key}`;
