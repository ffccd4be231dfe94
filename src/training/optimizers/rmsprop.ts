import { add, div, mul, scalar, sqrt, square, sub } from "../../graph/index.js";
import { gradientWithL2 } from "../weight-decay.js";
import type { Optimizer } from "../optimizer.js";

const SMOOTHING = 0.9; // decay of the mean squared gradient, as in the lecture
const EPSILON = 1e-8; // keeps the quotient finite where a gradient has always been zero

/**
 * RMSProp: s ← 0.9·s + 0.1·g², θ ← θ − α·g / (√s + ε); weight decay is the L2 term of the gradient.
 *
 * Departures: ε, which the lecture leaves out. As there, s starts at 0 without correction, so the first steps are up to
 * √10 learning rates long.
 *
 * @see Tieleman & Hinton 2012, "Lecture 6.5 - RMSProp: Divide the gradient by a running average of its recent magnitude".
 */
export const rmsprop: Optimizer = {
  slug: "rmsprop",
  description: "steps divided by the root of the mean squared gradient",
  rateScale: 1,
  state: ["squares"],
  scalars: (_step, learningRate) => [learningRate],
  update(context) {
    const { parameters, state, scalars } = context;
    const { dtype } = parameters;
    const g = gradientWithL2(context);
    const squares = add(
      mul(state["squares"]!, scalar(SMOOTHING, dtype)),
      mul(square(g), scalar(1 - SMOOTHING, dtype)),
    );
    const root = add(sqrt(squares), scalar(EPSILON, dtype));
    return { parameters: sub(parameters, mul(div(g, root), scalars[0]!)), state: { squares } };
  },
};
