import { type Tensor, add, mul, scalar } from "../graph/index.js";
import type { UpdateContext } from "./optimizer.js";

/** The gradient `[P]` with the classic L2 term of weight decay: g + λ·θ on weights, g elsewhere. */
export function gradientWithL2({ parameters, gradient, decay, options }: UpdateContext): Tensor {
  if (options.weightDecay === 0) return gradient;
  return add(gradient, mul(mul(decay, scalar(options.weightDecay, parameters.dtype)), parameters));
}
