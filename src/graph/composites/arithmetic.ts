import { add, div, floor, mul, sub } from "../ops/index.js";
import { isFloat } from "../shape.js";
import type { Tensor } from "../tensor.js";

/**
 * The remainder of a / b with the sign of b: a − b · ⌊a/b⌋, broadcast; as in Python and NumPy.
 *
 * The gradient is 1 for a and −⌊a/b⌋ for b.
 */
export function mod(a: Tensor, b: Tensor): Tensor {
  if (isFloat(a.dtype)) return sub(a, mul(floor(div(a, b)), b));
  const remainder = (x: Tensor): Tensor => sub(x, mul(div(x, b), b)); // whole numbers: division towards 0, the sign of x
  return remainder(add(remainder(a), b));
}
