import { axesAsAttribute, reductionOp } from "../reduction.js";
import { defineOp } from "../op.js";
import type { Tensor } from "../tensor.js";

const reduction = reductionOp({
  slug: "log-sum-exp",
  accepts: "float",
  onnx: axesAsAttribute("ReduceLogSumExp"),
  value(group) {
    const most = group.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    if (!Number.isFinite(most)) return most;
    return most + Math.log(group.reduce((sum, x) => sum + Math.exp(x - most), 0));
  },
  gradient: ({ g, x, y, emit }) => emit("mul", [g, emit("exp", [emit("sub", [x, y])])]),
});

/** log Σ eˣ along one axis, without overflow; the axis goes. */
export const logSumExp = defineOp(
  reduction.definition,
  () => (x: Tensor, axis: number) => reduction(x, [axis]),
);
