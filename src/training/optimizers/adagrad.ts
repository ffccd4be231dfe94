import { add, div, mul, scalar, sqrt, square, sub } from "../../graph/index.js";
import { gradientWithL2 } from "../weight-decay.js";
import type { Optimizer } from "../optimizer.js";

const EPSILON = 1e-10; // keeps the quotient finite where a gradient has always been zero

/**
 * AdaGrad in its diagonal form: s ← s + g², θ ← θ − α·g / (√s + ε); weight decay is the L2 term of the gradient.
 *
 * @see Duchi, Hazan & Singer 2011, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", Fig. 1.
 */
export const adagrad: Optimizer = {
  slug: "adagrad",
  description: "steps divided by the root of all squared gradients so far",
  rateScale: 10, // steps shrink with the root of their number
  state: ["squares"],
  scalars: (_step, learningRate) => [learningRate],
  update(context) {
    const { parameters, state, scalars } = context;
    const g = gradientWithL2(context);
    const squares = add(state["squares"]!, square(g));
    const root = add(sqrt(squares), scalar(EPSILON, parameters.dtype));
    return { parameters: sub(parameters, mul(div(g, root), scalars[0]!)), state: { squares } };
  },
};
