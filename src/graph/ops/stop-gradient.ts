import { defineOp } from "../op.js";
import type { Tensor } from "../tensor.js";

/** x itself, through which no gradient flows. */
export const stopGradient = defineOp(
  {
    slug: "stop-gradient",
    infer: ({ inputs }) => [inputs[0]!],
    differentiable: "zero",
    batch: ({ inputs, emit }) => [emit("stop-gradient", inputs)],
    onnx: ({ inputs, outputs, emit }) => void emit("Identity", inputs, { outputs }),
    reference: ({ inputs }) => [inputs[0]!],
  },
  (apply) => (x: Tensor) => apply([x], {})[0]!,
);
