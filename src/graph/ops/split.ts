import { defineOp } from "../op.js";
import { normalizeAxis, strides } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { gatherBy } from "../value.js";

interface SplitAttributes {
  readonly sizes: readonly number[];
  readonly axis: number;
  readonly [key: string]: number | readonly number[];
}

/** Cuts a tensor along one axis into parts of static sizes. */
export const split = defineOp<
  SplitAttributes,
  (x: Tensor, sizes: readonly number[], axis: number) => Tensor[]
>(
  {
    slug: "split",
    infer({ inputs, attributes: { sizes, axis }, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (normalizeAxis(axis, shape.length) !== axis)
        throw fail("axis", `inside the rank ${shape.length}`, undefined, String(axis));
      const valid = sizes.length > 0 && sizes.every((size) => Number.isInteger(size) && size >= 0);
      const sum = sizes.reduce((total, size) => total + size, 0);
      if (!valid || sum !== shape[axis])
        throw fail(
          "sizes",
          `whole numbers that sum to ${shape[axis]}, the size of axis ${axis}`,
          undefined,
          `[${sizes.join(", ")}]`,
        );
      return sizes.map((size) => ({ shape: shape.map((dim, i) => (i === axis ? size : dim)), dtype }));
    },
    vjp({ inputs, outputs, cotangents, full, scalar, emit, attributes: { axis } }) {
      const parts = outputs.map((y, i) => full(cotangents[i] ?? scalar(0, inputs[0]!.dtype), y));
      return [emit("concat", parts, { axis })];
    },
    batch: ({ inputs, attributes: { sizes, axis }, emitAll }) =>
      emitAll("split", inputs, { sizes, axis: axis + 1 }),
    onnx({ inputs, outputs, attributes: { sizes, axis }, emit, ints }) {
      if (sizes.length === 1) emit("Identity", inputs, { outputs });
      else emit("Split", [inputs[0]!, ints(sizes)], { outputs, attributes: { axis } });
    },
    reference({ inputs, attributes: { sizes, axis } }) {
      const x = inputs[0]!;
      const steps = strides(x.shape);
      let start = 0;
      return sizes.map((size) => {
        const offset = start * steps[axis]!;
        start += size;
        const shape = x.shape.map((dim, i) => (i === axis ? size : dim));
        return gatherBy(x, shape, (index) => steps.reduce((at, step, i) => at + step * index[i]!, offset));
      });
    },
  },
  (apply) => (x, sizes, axis) => [
    ...apply([x], { sizes, axis: normalizeAxis(axis, x.shape.length) ?? axis }),
  ],
);
