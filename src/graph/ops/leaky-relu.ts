import { unaryWith } from "../elementwise.js";
import type { Tensor } from "../tensor.js";

const SLOPE = 0.01; // Maas, Hannun & Ng 2013, section 2

/**
 * x where it is positive, else x times a small slope, 0.01 unless given; the gradient at 0 is the slope.
 *
 * @see Maas, Hannun & Ng 2013, "Rectifier Nonlinearities Improve Neural Network Acoustic Models", eq. 3.
 */
export const leakyRelu = unaryWith<{ readonly slope: number }, (x: Tensor, slope?: number) => Tensor>(
  {
    slug: "leaky-relu",
    accepts: "float",
    onnx: ({ inputs, outputs, attributes: { slope }, emit }) =>
      void emit("LeakyRelu", inputs, { outputs, attributes: { alpha: { float: slope } } }),
    value: (x, { slope }) => (x > 0 ? x : slope * x),
    gradient({ g, x, attributes: { slope }, emit, scalar }) {
      const active = emit("greater", [x, scalar(0, x.dtype)]);
      return emit("mul", [g, emit("where", [active, scalar(1, x.dtype), scalar(slope, x.dtype)])]);
    },
  },
  (apply) =>
    (x, slope = SLOPE) =>
      apply([x], { slope })[0]!,
);
