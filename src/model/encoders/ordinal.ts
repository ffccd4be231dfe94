import { type Tensor, cast, labelEncode, less, scalar, where } from "../../graph/index.js";

/** Words as their ranks in an order, float32; NaN for any other text. */
export function rankOf(order: readonly string[], raw: Tensor): Tensor {
  const rank = cast(labelEncode(raw, order, -1), "float32");
  return where(less(rank, scalar(0, "float32")), scalar(Number.NaN, "float32"), rank);
}
