import { type Tensor, add, layer, mul, reduceSum, relu, reshape, scalar, square } from "../../graph/index.js";
import { type Parameter, sizeOf, undecayed } from "../parameter.js";
import type { SharingArchitecture, SharingInputs, SharingShape } from "./architecture.js";
import { trunkLayout } from "./hard.js";
import { blockOutput } from "./residual.js";
import { asInput, batchedProduct, widthBefore } from "./towers.js";
import { traceNorm } from "./trace-norm.js";

/**
 * Soft sharing: a tower for each task, held to the others by a penalty on the distance of their weights. Tower t has Wₜ = W₀ + Vₜ
 * in every layer, biases alike, and starts at W₀.
 *
 * The penalty is λ·Σ‖Vₜ‖², whose least value over W₀ is λ times the squared distances from the mean of all towers; or, with
 * `trace-norm`, λ·‖[W₁; …; W_T]‖_*, the sum of singular values of the matrix `[T, in·out]` that has each tower's weights as a row,
 * so that towers come to be mixtures of a few. λ = 0 leaves the tasks alone, a large λ is hard sharing. Members of an ensemble have
 * the same Vₜ.
 *
 * @see Evgeniou & Pontil 2004, "Regularized Multi-Task Learning", eq. 3 and 4 (Wₜ = W₀ + Vₜ); Duong, Cohn, Bird & Cook 2015, "Low
 * Resource Dependency Parsing: Cross-lingual Parameter Sharing in a Neural Network Parser", eq. 2 (squared distance between layers
 * of networks); Yang & Hospedales 2017, "Trace Norm Regularised Deep Multi-Task Learning", eq. 2 (last-axis flattening).
 * Departures: W₀ + Vₜ in place of networks that start apart, so that all begin as one; the trace norm is smoothed (`traceNorm`), so
 * that it has a gradient where singular values are 0; biases have the squared penalty in either case.
 */
export const softSharing: SharingArchitecture = {
  slug: "soft-sharing",
  title: "Soft sharing",
  description:
    "a tower for each task, held to the others by a penalty on the distance of their weights (Evgeniou & Pontil 2004; Duong et al. 2015)",
  helps:
    "Related tasks for which one trunk is too narrow or too rigid: λ moves between hard sharing and none",
  paper:
    'Duong, Cohn, Bird & Cook 2015, "Low Resource Dependency Parsing: Cross-lingual Parameter Sharing in a Neural Network Parser"; Yang & Hospedales 2017, "Trace Norm Regularised Deep Multi-Task Learning"',
  options: {
    strength: { default: 0.01, min: 0, max: 1e6, doc: "strength of the penalty (λ)" },
    "trace-norm": {
      default: 0,
      min: 0,
      max: 1,
      integer: true,
      doc: "1 for the trace norm of all towers' weights, 0 for squared distances",
    },
  },
  layout: (shape) => [...trunkLayout(shape), ...shape.trunk.flatMap((_, index) => differences(shape, index))],
  features(inputs) {
    const { shape, encoded } = inputs;
    const perTask = shape.trunk.reduce((x, _, index) => tower(inputs, index, x), asInput(encoded));
    const penalty = layer("distance", () => distance(inputs));
    return { perTask, ...(penalty && { penalty }) };
  },
};

/** What each tower has beside the common weights `[T, in, out]` and biases. */
function differences(shape: SharingShape, index: number): Parameter[] {
  const [T, H] = [shape.tasks.length, shape.trunk[index]!];
  return [
    undecayed(`tasks.${index}.weight`, [T, widthBefore(shape, index), H], "zeros"), // the penalty is their decay
    undecayed(`tasks.${index}.bias`, [T, 1, 1, H], "zeros"),
  ].map((parameter) => ({ ...parameter, perTask: true as const }));
}

/** A layer of all towers: `[T|1, M|1, R, in]` to `[T, M, R, out]`. */
function tower({ shape, parameters, dropout }: SharingInputs, index: number, x: Tensor): Tensor {
  const { members: M } = shape;
  const common = (key: string): Tensor | undefined => parameters[`trunk.${index}.${key}`];
  return layer(`tasks.${index}`, () => {
    const [inputScale, outputScale] = [common("input-scale"), common("output-scale")];
    const read = inputScale ? mul(x, inputScale) : x;
    const product = batchedProduct(read, weightsOf(parameters, index));
    const scaled = outputScale ? mul(product, outputScale) : product;
    const bias = add(
      reshape(common("bias")!, [1, M, 1, shape.trunk[index]!]),
      parameters[`tasks.${index}.bias`]!,
    );
    return blockOutput(shape, x, dropout(relu(add(scaled, bias)), index));
  });
}

/** Weights of all towers `[T, in, out]`. */
const weightsOf = (parameters: Readonly<Record<string, Tensor>>, index: number): Tensor =>
  add(parameters[`trunk.${index}.weight`]!, parameters[`tasks.${index}.weight`]!);

/** The penalty; undefined where its strength is 0. */
function distance({ shape, parameters }: SharingInputs): Tensor | undefined {
  const { strength = 0, "trace-norm": byTraceNorm } = shape.options;
  if (strength === 0) return undefined;
  const parts = [...shape.trunk.keys()].flatMap((index) => [
    byTraceNorm === 1
      ? traceNorm(asRows(weightsOf(parameters, index)))
      : sumOfSquares(parameters[`tasks.${index}.weight`]!),
    sumOfSquares(parameters[`tasks.${index}.bias`]!),
  ]);
  const sum = parts.reduce((total, one) => add(total, one));
  return mul(sum, scalar(strength, sum.dtype));
}

const sumOfSquares = (x: Tensor): Tensor => reduceSum(square(x), [...x.shape.keys()]);

/** `[T, …]` as `[T, size]`. */
function asRows(x: Tensor): Tensor {
  const [T, ...rest] = x.shape as readonly number[]; // parameters have sizes
  return reshape(x, [T!, sizeOf(rest)]);
}
