import { accepts, acceptedTypes } from "../elementwise.js";
import { forEachLine } from "../line-op.js";
import { defineOp } from "../op.js";
import { normalizeAxis } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

interface CumSumAttributes {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
  readonly [key: string]: number | boolean;
}

/**
 * Running sums along one axis: element i is the sum of x up to i.
 *
 * @param options `exclusive`: without element i itself; `reverse`: from the end. Both false by default.
 * @returns the shape of x.
 */
export const cumSum = defineOp<
  CumSumAttributes,
  (x: Tensor, axis: number, options?: { exclusive?: boolean; reverse?: boolean }) => Tensor
>(
  {
    slug: "cum-sum",
    infer({ inputs, attributes: { axis }, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (!accepts("number", dtype))
        throw fail("input", `of type ${acceptedTypes("number")}`, "Cast it.", dtype);
      if (normalizeAxis(axis, shape.length) !== axis)
        throw fail("axis", `inside the rank ${shape.length}`, undefined, String(axis));
      return [{ shape, dtype }];
    },
    vjp: ({ outputs, attributes, g, full, emit }) => [
      emit("cum-sum", [full(g, outputs[0]!)], { ...attributes, reverse: !attributes.reverse }),
    ],
    batch: ({ inputs, attributes, emit }) => [
      emit("cum-sum", inputs, { ...attributes, axis: attributes.axis + 1 }),
    ],
    onnx({ inputs, outputs, attributes: { axis, exclusive, reverse }, emit, scalar }) {
      const attributes = { exclusive: exclusive ? 1 : 0, reverse: reverse ? 1 : 0 };
      emit("CumSum", [inputs[0]!, scalar(axis, "int64")], { outputs, attributes });
    },
    reference({ inputs, attributes: { axis, exclusive, reverse } }) {
      const x = inputs[0]!;
      const source = numbers(x);
      const result = new Float64Array(source.length);
      forEachLine(x.shape, axis, (places) => {
        let sum = 0;
        for (const place of reverse ? places.toReversed() : places) {
          if (exclusive) result[place] = sum;
          sum += source[place]!;
          if (!exclusive) result[place] = sum;
        }
      });
      return [value(x.shape, result)];
    },
  },
  (apply) =>
    (x, axis, { exclusive = false, reverse = false } = {}) =>
      apply([x], { axis: normalizeAxis(axis, x.shape.length) ?? axis, exclusive, reverse })[0]!,
);
