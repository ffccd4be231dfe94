import { type VjpContext, defineOp } from "../op.js";
import { accepts } from "../elementwise.js";
import { sameShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { type Value, numbers, value } from "../value.js";

interface LayerNormAttributes {
  readonly epsilon: number;
  readonly [key: string]: number;
}

type Context = VjpContext<LayerNormAttributes>;

const EPSILON = 1e-5; // ONNX's own; added to a variance, so it matters where values hardly differ

/**
 * Each row along the last axis brought to mean 0 and variance 1, then scaled and shifted:
 * y = scale · (x − μ) / √(σ² + ε) + bias, with σ² the mean squared deviation.
 *
 * The node also keeps μ and 1/√(σ² + ε), from which the gradient is made.
 *
 * @param x `[…, F]`, F at least 1.
 * @param scale `[F]`.
 * @param bias `[F]`.
 * @returns the shape of x.
 * @see Ba, Kiros & Hinton 2016, "Layer Normalization", eq. 3 and 4. https://arxiv.org/abs/1607.06450
 */
export const layerNorm = defineOp<
  LayerNormAttributes,
  (x: Tensor, scale: Tensor, bias: Tensor, options?: { epsilon?: number }) => Tensor
>(
  {
    slug: "layer-norm",
    infer({ inputs, attributes: { epsilon }, fail }) {
      const [x, scale, bias] = [inputs[0]!, inputs[1]!, inputs[2]!];
      const other = inputs.find(({ dtype }) => dtype !== x.dtype);
      if (!accepts("float", x.dtype) || other)
        throw fail("inputs", "of one float type", "Cast them.", inputs.map(({ dtype }) => dtype).join(", "));
      const row = x.shape.slice(-1);
      if (row.length === 0 || !sameShape(scale.shape, row) || !sameShape(bias.shape, row))
        throw fail("inputs", "[.., F], [F] and [F]");
      if (!(epsilon >= 0)) throw fail("epsilon", "at least 0", undefined, String(epsilon));
      const lead = [...x.shape.slice(0, -1), 1];
      return [x.shape, lead, lead].map((shape) => ({ shape, dtype: x.dtype }));
    },
    vjp(context) {
      const { inputs, outputs, cotangents, wanted, reduceTo, emit } = context;
      const [x, scale, bias] = [inputs[0]!, inputs[1]!, inputs[2]!];
      const [y, mean, inverse] = [outputs[0]!, outputs[1]!, outputs[2]!];
      const g = context.full(cotangents[0] ?? context.scalar(0, x.dtype), y);
      const standard = emit("mul", [emit("sub", [x, mean]), inverse]); // [.., F]
      return [
        wanted[0] ? rowCotangent(context, g, standard) : undefined,
        wanted[1] ? reduceTo(emit("mul", [g, standard]), y, scale) : undefined,
        wanted[2] ? reduceTo(g, y, bias) : undefined,
      ];
    },
    batch: ({ inputs, batched, attributes, emitAll }) =>
      batched[1] || batched[2] ? undefined : emitAll("layer-norm", inputs, attributes),
    onnx({ outputs, inputs, attributes: { epsilon }, emit }) {
      const attributes = { axis: -1, epsilon: { float: epsilon } };
      emit("LayerNormalization", inputs, { outputs, attributes });
    },
    reference({ inputs, attributes: { epsilon } }) {
      const [x, scale, bias] = inputs.map(numbers);
      const { shape } = inputs[0]!;
      const size = shape.at(-1)!;
      const rows = size === 0 ? 0 : x!.length / size;
      const lead = [...shape.slice(0, -1), 1];
      const [mean, inverse] = [new Float64Array(rows), new Float64Array(rows)];
      const y = new Float64Array(x!.length);
      for (let row = 0; row < rows; row++) {
        const line = x!.subarray(row * size, (row + 1) * size);
        const average = line.reduce((sum, element) => sum + element, 0) / size;
        const variance = line.reduce((sum, element) => sum + (element - average) ** 2, 0) / size;
        mean[row] = average;
        inverse[row] = 1 / Math.sqrt(variance + epsilon);
        line.forEach((element, i) => {
          y[row * size + i] = scale![i]! * (element - average) * inverse[row]! + bias![i]!;
        });
      }
      return [value(shape, y), value(lead, mean), value(lead, inverse)] satisfies Value[];
    },
  },
  (apply) =>
    (x, scale, bias, { epsilon = EPSILON } = {}) =>
      apply([x, scale, bias], { epsilon })[0]!,
);

/** r · (h − mean h − z · mean (h·z)) with h = g · scale, z the standardised row, r = 1/√(σ² + ε); and what μ and r themselves get. */
function rowCotangent({ inputs, outputs, cotangents, emit }: Context, g: Tensor, z: Tensor): Tensor {
  const inverse = outputs[2]!;
  const average = (t: Tensor): Tensor =>
    emit("reduce-mean", [t], { axes: [t.shape.length - 1], keepDims: true }); // [.., 1]
  const h = emit("mul", [g, inputs[1]!]);
  const along = emit("mul", [z, average(emit("mul", [h, z]))]);
  const main = emit("mul", [emit("sub", [emit("sub", [h, average(h)]), along]), inverse]);
  const size = emit("axis-size", [inputs[0]!], { axes: [z.shape.length - 1] });
  const viaMean = cotangents[1] && emit("div", [cotangents[1], size]);
  const viaInverse =
    cotangents[2] &&
    emit("neg", [
      emit("mul", [emit("mul", [z, emit("square", [inverse])]), emit("div", [cotangents[2], size])]),
    ]);
  return [viaMean, viaInverse].reduce<Tensor>((sum, t) => (t ? emit("add", [sum, t]) : sum), main);
}
