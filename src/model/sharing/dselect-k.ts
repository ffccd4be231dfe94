import {
  type Dim,
  type Tensor,
  add,
  clip,
  concat,
  constant,
  layer,
  log,
  matmul,
  maximum,
  mul,
  neg,
  reduceMean,
  reduceSum,
  reshape,
  scalar,
  slice,
  softmax,
  sub,
} from "../../graph/index.js";
import { type Parameter, undecayed } from "../parameter.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";
import { namesOf, numbered } from "./gate-names.js";
import { mixture } from "./gates.js";
import { asInput, batchedProduct, copiedLayer, copiesLayout } from "./towers.js";

/**
 * Mixture of experts of which each task's gate selects at most k: k selectors with a binary code of m = ⌈log₂ E⌉ numbers each.
 *
 * r(z)ᵢ = Π_b (S(z_b) where bit b of i is 1, else 1 − S(z_b)), with the smooth step S(t) = 0 up to −γ/2, 1 from γ/2 on, between
 * them −2t³/γ³ + 3t/(2γ) + ½; gate q = Σⱼ softmax(α)ⱼ·r(z⁽ʲ⁾). A selector whose numbers lie beyond ±γ/2 selects one expert
 * alone. λ·Σ H(r(z⁽ʲ⁾)), over all tasks and selectors, draws it there. With `per-example` α and z are linear in the inputs and
 * the entropy is a mean over rows.
 *
 * @see Hazimeh et al. 2021, "DSelect-k: Differentiable Selection in the Mixture of Experts with Applications to Multi-Task
 * Learning", sec. 3, eq. 4 to 7.
 * Departures: where E is no power of two, codes from E on select the experts from the first on again, so that gates always sum
 * to 1; the paper lets them fall short and penalises that.
 */
export const dselectK: SharingArchitecture = {
  slug: "dselect-k",
  title: "DSelect-k",
  description: "experts of which each task's gate learns to select a few (Hazimeh et al. 2021)",
  helps: "As MMoE, where each task should use few experts: gates become exactly sparse",
  paper:
    'Hazimeh et al. 2021, "DSelect-k: Differentiable Selection in the Mixture of Experts with Applications to Multi-Task Learning"',
  options: {
    experts: { default: 4, min: 2, max: 64, integer: true, doc: "the number of experts (n)" },
    selectors: { default: 2, min: 1, max: 16, integer: true, doc: "the most experts a task uses (k)" },
    gamma: { default: 1, min: 0.01, max: 100, doc: "the width of the smooth step (γ)" },
    entropy: {
      default: 0.01,
      min: 0,
      max: 100,
      doc: "the weight of the selectors' entropy in the objective (λ)",
    },
    "per-example": { default: 0, min: 0, max: 1, integer: true, doc: "1 for gates that read the inputs" },
  },
  layout: (shape) => [
    ...shape.trunk.flatMap((_, index) => copiesLayout(shape, experts(shape, index))),
    ...selectorsLayout(shape),
  ],
  features({ shape, encoded, parameters, dropout }) {
    const read = asInput(encoded);
    const mixed = shape.trunk.reduce(
      (x, _, index) => copiedLayer(shape, experts(shape, index), x, parameters, dropout),
      read,
    );
    return layer("tasks.selectors", () => {
      const { codes, shares } = selectors(shape, read, parameters);
      const each = selected(codes, shape.options["gamma"]!, shape.options["experts"]!); // [lead, k, E]
      const weights = softmax(shares, -1);
      const column = reshape(weights, [...weights.shape, 1]);
      const gates = reduceSum(mul(column, each), [each.shape.length - 2]); // [lead, E]
      const lambda = shape.options["entropy"]!;
      return {
        perTask: mixture(gates, mixed),
        gates: {
          experts: {
            weights: gates,
            readers: namesOf(shape),
            choices: numbered("expert", shape.options["experts"]!),
          },
        },
        ...(lambda > 0 && { penalty: mul(scalar(lambda, each.dtype), entropy(each)) }),
      };
    });
  },
};

const experts = (shape: SharingShape, index: number) => ({
  name: `trunk.${index}.experts`,
  count: shape.options["experts"]!, // every option has a value
  index,
});

/** Numbers of a code: m. */
const codeWidth = (count: number): number => Math.ceil(Math.log2(count));

const START = 0.01; // of γ: codes start near the middle of the step, where all experts are about equal

function selectorsLayout({ tasks, inputs, options }: SharingShape): Parameter[] {
  const [T, k, m] = [tasks.length, options["selectors"]!, codeWidth(options["experts"]!)];
  const own = (name: string, shape: readonly number[], start: number): Parameter => ({
    ...undecayed(`tasks.selectors.${name}`, [T, ...shape], start > 0 ? "normal" : "zeros"),
    ...(start > 0 && { scale: start }),
    perTask: true,
  });
  const start = START * options["gamma"]!;
  if (options["per-example"] !== 1) return [own("codes", [k, m], start), own("shares", [k], 0)];
  return [
    own("codes.weight", [inputs, k * m], start),
    own("codes.bias", [k * m], start),
    own("shares.weight", [inputs, k], START),
    own("shares.bias", [k], 0),
  ];
}

/** Codes `[T, k, m]` and shares `[T, k]` of the selectors, per example `[T, 1, R, …]`. */
function selectors(
  { tasks, options }: SharingShape,
  read: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
): { codes: Tensor; shares: Tensor } {
  const [T, k] = [tasks.length, options["selectors"]!];
  const of = (key: string): Tensor => parameters[`tasks.selectors.${key}`]!;
  if (options["per-example"] !== 1) return { codes: of("codes"), shares: of("shares") };
  const linear = (name: string): Tensor => {
    const bias = of(`${name}.bias`);
    const sum = batchedProduct(read, of(`${name}.weight`)); // [T, 1, R, …]
    return add(sum, reshape(bias, [T, 1, 1, bias.shape[1]!]));
  };
  const codes = linear("codes");
  const [, , R, width] = codes.shape as readonly [Dim, Dim, Dim, number];
  return { codes: reshape(codes, [T, 1, R, k, width / k]), shares: linear("shares") };
}

/** Weights of experts `[…, E]` that codes `[…, m]` select; they sum to 1. */
function selected(codes: Tensor, gamma: number, E: number): Tensor {
  const axis = codes.shape.length - 1;
  const bits = smoothStep(codes, gamma);
  const one = scalar(1, codes.dtype);
  let found: Tensor | undefined; // over codes of the bits so far, the newest bit highest
  for (let b = 0; b < codeWidth(E); b++) {
    const bit = slice(bits, [b], [b + 1], [axis]);
    const pair = [sub(one, bit), bit];
    const before = found;
    found = concat(before ? pair.map((x) => mul(before, x)) : pair, axis);
  }
  const count = 2 ** codeWidth(E);
  return count === E ? found! : matmul(found!, folding(count, E, codes)); // there is at least one bit
}

/** `[2ᵐ, E]`: which expert a code selects. */
function folding(count: number, E: number, { dtype }: Tensor): Tensor {
  const ones = Float64Array.from({ length: count * E }, (_, i) => (Math.floor(i / E) % E === i % E ? 1 : 0));
  return constant({ dtype, shape: [count, E], data: dtype === "float64" ? ones : Float32Array.from(ones) });
}

/** S(t) = −2t³/γ³ + 3t/(2γ) + ½ between −γ/2 and γ/2; 0 before, 1 after. */
function smoothStep(x: Tensor, gamma: number): Tensor {
  const number = (value: number): Tensor => scalar(value, x.dtype);
  const t = clip(mul(x, number(1 / gamma)), -0.5, 0.5);
  const slope = sub(number(1.5), mul(number(2), mul(t, t)));
  return add(mul(t, slope), number(0.5));
}

const TINY = 1e-12; // below any weight that counts: keeps the logarithm finite at 0

/** Σ over tasks and selectors of the entropy of `[T, k, E]`, a mean over rows where there are any `[T, 1, R, k, E]`. */
function entropy(each: Tensor): Tensor {
  const terms = neg(mul(each, log(maximum(each, scalar(TINY, each.dtype)))));
  if (each.shape.length === 3) return reduceSum(terms, [0, 1, 2]);
  return reduceSum(reduceMean(terms, [2]), [0, 1, 2, 3]);
}
