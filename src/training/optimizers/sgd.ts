import { add, mul, scalar, sub } from "../../graph/index.js";
import { gradientWithL2 } from "../weight-decay.js";
import type { Optimizer } from "../optimizer.js";

const MOMENTUM = 0.9; // ten steps of memory; the paper's schedule ends at 0.9 to 0.999, which needs a longer training

/**
 * Stochastic gradient descent with Nesterov momentum; weight decay is the L2 term of the gradient.
 *
 * v ← μv − αg(θ + μv), θ ← θ + v.
 *
 * Departures: the parameters held are the point looked at, φ = θ + μv, where the gradient is taken anyway, so a step is
 * φ ← φ + μv − αg with the new v; the two points meet as α falls to 0. The momentum μ does not change with the step.
 *
 * @see Sutskever, Martens, Dahl & Hinton 2013, "On the importance of initialization and momentum in deep learning", eq. 3-4.
 */
export const sgd: Optimizer = {
  slug: "sgd",
  description: "gradient descent with Nesterov momentum",
  rateScale: 50, // gradients are clipped to norm 1 by default and spread over all parameters
  state: ["velocity"],
  scalars: (_step, learningRate) => [learningRate],
  update(context) {
    const { parameters, state, scalars } = context;
    const momentum = scalar(MOMENTUM, parameters.dtype);
    const slope = mul(gradientWithL2(context), scalars[0]!);
    const velocity = sub(mul(state["velocity"]!, momentum), slope);
    return {
      parameters: sub(add(parameters, mul(velocity, momentum)), slope),
      state: { velocity },
    };
  },
};
