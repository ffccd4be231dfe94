import { defineOp, needsSizes } from "../op.js";
import { normalizeAxis, strides } from "../shape.js";
import type { Dim, Tensor } from "../tensor.js";
import { gatherBy } from "../value.js";

interface SliceAttributes {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly axes: readonly number[];
  readonly [key: string]: readonly number[];
}

/** A part of x from `starts` to before `ends` along some axes; negative numbers count from the end, as in NumPy. */
export const slice = defineOp<
  SliceAttributes,
  (x: Tensor, starts: readonly number[], ends: readonly number[], axes: readonly number[]) => Tensor
>(
  {
    slug: "slice",
    infer({ inputs, attributes: { starts, ends, axes }, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (starts.length !== axes.length || ends.length !== axes.length)
        throw fail(
          "starts, ends and axes",
          "equally many",
          undefined,
          `${starts.length}, ${ends.length} and ${axes.length}`,
        );
      if (
        axes.some((axis) => normalizeAxis(axis, shape.length) !== axis) ||
        new Set(axes).size !== axes.length
      )
        throw fail("axes", `distinct and inside the rank ${shape.length}`, undefined, `[${axes.join(", ")}]`);
      return [{ shape: shape.map((dim, axis) => sliced(dim, axis, { starts, ends, axes })), dtype }];
    },
    vjp({ node, inputs, outputs, attributes: { starts, ends, axes }, g, full, emit }) {
      const { shape } = inputs[0]!;
      if (axes.some((axis) => typeof shape[axis] === "string")) throw needsSizes(node);
      const bounds = shape.map((dim, axis) => {
        const i = axes.indexOf(axis);
        if (i < 0) return [0, 0];
        const [start, end] = [clamp(starts[i]!, Number(dim)), clamp(ends[i]!, Number(dim))];
        return [start, Number(dim) - Math.max(start, end)];
      });
      const [before, after] = [bounds.map((pair) => pair[0]!), bounds.map((pair) => pair[1]!)];
      return [emit("pad", [full(g, outputs[0]!)], { before, after })];
    },
    batch: ({ inputs, attributes: { starts, ends, axes }, emit }) => [
      emit("slice", inputs, { starts, ends, axes: axes.map((axis) => axis + 1) }),
    ],
    onnx({ inputs, outputs, attributes: { starts, ends, axes }, emit, ints }) {
      emit("Slice", [inputs[0]!, ints(starts), ints(ends), ints(axes)], { outputs });
    },
    reference({ inputs, attributes }) {
      const x = inputs[0]!;
      const steps = strides(x.shape);
      const offset = attributes.axes.reduce(
        (at, axis, i) => at + steps[axis]! * clamp(attributes.starts[i]!, x.shape[axis]!),
        0,
      );
      const shape = x.shape.map((size, axis) => sliced(size, axis, attributes) as number); // sizes are real here
      return [gatherBy(x, shape, (index) => steps.reduce((at, step, i) => at + step * index[i]!, offset))];
    },
  },
  (apply) => (x, starts, ends, axes) =>
    apply([x], { starts, ends, axes: axes.map((axis) => normalizeAxis(axis, x.shape.length) ?? axis) })[0]!,
);

function sliced(dim: Dim, axis: number, { starts, ends, axes }: SliceAttributes): Dim {
  const i = axes.indexOf(axis);
  if (i < 0) return dim;
  if (typeof dim === "string") return `${dim}[${starts[i]!}:${ends[i]!}]`;
  return Math.max(0, clamp(ends[i]!, dim) - clamp(starts[i]!, dim));
}

const clamp = (position: number, size: number): number =>
  Math.min(Math.max(position < 0 ? position + size : position, 0), size);
