import {
  type Tensor,
  add,
  concat,
  div,
  matmul,
  mul,
  reduceSum,
  reshape,
  scalar,
  split,
  sqrt,
  square,
} from "../../graph/index.js";
import { type Parameter, sizeOf } from "../../model/layout.js";
import type { Optimizer } from "../optimizer.js";
import { steppedWithDecay } from "../weight-decay.js";
import { adamScalars, adamStep } from "./adam.js";

const MOMENTUM = 0.95; // the paper's default
const [A, B, C] = [3.4445, -4.775, 2.0315]; // the paper's quintic: steep at 0, so that five iterations lift small singular values
const ITERATIONS = 5;
const EPSILON = 1e-7; // keeps the quotient finite for a gradient of zero
const ADAM_LIKE = 0.2; // root mean square of a usual step of Adam in learning rates (Liu et al. 2025, section 2.2)

/**
 * Muon: weight matrices move along their momentum made orthogonal, all else as with AdamW.
 *
 * B ← μB + G, O = NewtonSchulz(G + μB), W ← W − α·0.2·√max(n, m)·O for a weight `[n, m]` of the trunk. Heads, biases,
 * scales, task vectors and whatever else is no matrix of its own take AdamW's step.
 *
 * Departures: steps are scaled by 0.2·√max(n, m) instead of √max(1, n/m), so that one learning rate and one weight decay
 * serve both kinds of parameters (Liu et al. 2025, "Muon is Scalable for LLM Training", eq. 4); the first layer counts as
 * a matrix, since its inputs are dense.
 *
 * @see Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks".
 */
export const muon: Optimizer = {
  slug: "muon",
  description: "orthogonal steps for the trunk's matrices, AdamW's for the rest",
  rateScale: 1,
  state: ["momentum", "m", "v"],
  scalars: adamScalars,
  update(context) {
    const { gradient, state, scalars, layout } = context;
    const rate = scalars[2]!;
    const mu = scalar(MOMENTUM, gradient.dtype);
    const momentum = add(mul(state["momentum"]!, mu), gradient);
    const { step, m, v } = adamStep(gradient, state, scalars);
    const sizes = layout.map(({ shape }) => sizeOf(shape));
    const ahead = split(add(gradient, mul(momentum, mu)), sizes, 0);
    const steps = split(step, sizes, 0).map((adams, i) => {
      const parameter = layout[i]!;
      if (!isMatrix(parameter)) return adams;
      const along = orthogonalized(reshape(ahead[i]!, parameter.shape));
      const size = mul(rate, scalar(ADAM_LIKE * Math.sqrt(Math.max(...parameter.shape)), gradient.dtype));
      return mul(reshape(along, [sizes[i]!]), size);
    });
    const whole = steps.length === 1 ? steps[0]! : concat(steps, 0);
    return { parameters: steppedWithDecay(context, whole, rate), state: { momentum, m, v } };
  },
};

const isMatrix = ({ shape, decay }: Parameter): boolean => decay && shape.length === 2;

/**
 * A matrix `[n, m]` with its singular values moved to about 1 (0.7 to 1.2), the singular vectors kept: X ← aX + (bA + cA²)X
 * with A = XXᵀ, from X = G/‖G‖.
 */
function orthogonalized(g: Tensor): Tensor {
  const [rows, columns] = g.shape as readonly [number, number]; // the layout's shapes are numbers
  const wide = rows <= columns;
  const number = (x: number): Tensor => scalar(x, g.dtype);
  const norm = add(sqrt(reduceSum(square(g), [0, 1])), number(EPSILON));
  let x = div(g, norm);
  for (let i = 0; i < ITERATIONS; i++) {
    const gram = matmul(x, x, wide ? { transposeB: true } : { transposeA: true }); // over the shorter side
    const inner = add(mul(gram, number(B)), mul(matmul(gram, gram), number(C)));
    x = add(mul(x, number(A)), wide ? matmul(inner, x) : matmul(x, inner));
  }
  return x;
}
