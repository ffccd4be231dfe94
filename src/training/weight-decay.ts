import { type Tensor, add, mul, scalar, sub } from "../graph/index.js";
import type { UpdateContext } from "./optimizer.js";

/** The gradient `[P]` with the classic L2 term of weight decay: g + λ·θ on weights, g elsewhere. */
export function gradientWithL2({ parameters, gradient, decay, options }: UpdateContext): Tensor {
  if (options.weightDecay === 0) return gradient;
  return add(gradient, mul(mul(decay, scalar(options.weightDecay, parameters.dtype)), parameters));
}

/**
 * The parameters `[P]` after a step with decoupled weight decay: θ − (step + α·λ·θ), λ on weights only.
 *
 * @param rate α, a scalar.
 * @see Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization", eq. 7.
 */
export function steppedWithDecay(
  { parameters, decay, options }: UpdateContext,
  step: Tensor,
  rate: Tensor,
): Tensor {
  if (options.weightDecay === 0) return sub(parameters, step);
  const share = mul(rate, scalar(options.weightDecay, parameters.dtype));
  return sub(parameters, add(step, mul(mul(decay, share), parameters)));
}
