import { NumericError } from "../../base/errors.js";
import { defineOp } from "../op.js";
import { normalizeAxis, strides } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { gatherBy, numbers } from "../value.js";

interface DynamicSliceAttributes {
  readonly length: number;
  readonly axis: number;
  readonly [key: string]: number;
}

/** So many elements along one axis from a start that is computed: an int64 scalar, 0 or more, with all of them inside x. */
export const dynamicSlice = defineOp<
  DynamicSliceAttributes,
  (x: Tensor, start: Tensor, length: number, axis?: number) => Tensor
>(
  {
    slug: "dynamic-slice",
    infer({ inputs, attributes: { length, axis }, fail }) {
      const [x, start] = [inputs[0]!, inputs[1]!];
      if (start.dtype !== "int64" || start.shape.length > 0)
        throw fail("start", "an int64 scalar", "Cast it.", `${start.dtype} [${start.shape.join(", ")}]`);
      const size = x.shape[axis];
      if (size === undefined)
        throw fail("axis", `inside the rank ${x.shape.length}`, undefined, String(axis));
      if (!Number.isInteger(length) || length < 0 || (typeof size === "number" && length > size))
        throw fail("length", `a whole number up to ${size}`, undefined, String(length));
      return [{ shape: x.shape.map((dim, i) => (i === axis ? length : dim)), dtype: x.dtype }];
    },
    vjp({ inputs, outputs, attributes: { length, axis }, g, full, emit, emitAll }) {
      const [x, start] = [inputs[0]!, inputs[1]!];
      const steps = {
        dtype: "int64",
        shape: [length],
        data: BigInt64Array.from({ length }, (_, i) => BigInt(i)),
      } as const;
      const places = emit("add", [emitAll("constant", [], { value: steps })[0]!, start]);
      return [emit("scatter-add", [full(g, outputs[0]!), places, x], { axis }), undefined];
    },
    batch({ inputs, batched, attributes: { length, axis }, emit }) {
      return batched[1] ? undefined : [emit("dynamic-slice", inputs, { length, axis: axis + 1 })];
    },
    onnx({ inputs, outputs, attributes: { length, axis }, emit, ints }) {
      const start = emit("Unsqueeze", [inputs[1]!, ints([0])]);
      const end = emit("Add", [start, ints([length])]);
      emit("Slice", [inputs[0]!, start, end, ints([axis])], { outputs });
    },
    reference({ inputs, attributes: { length, axis } }) {
      const x = inputs[0]!;
      const start = numbers(inputs[1]!)[0]!;
      const most = x.shape[axis]! - length;
      if (start < 0 || start > most) {
        const expected = `in [0, ${most}] for a length of ${length}`;
        throw new NumericError({ where: "dynamic-slice", subject: "start", expected, got: String(start) });
      }
      const steps = strides(x.shape);
      const shape = x.shape.map((size, i) => (i === axis ? length : size));
      return [
        gatherBy(x, shape, (index) =>
          steps.reduce((at, step, i) => at + step * index[i]!, start * steps[axis]!),
        ),
      ];
    },
  },
  (apply) =>
    (x, start, length, axis = 0) =>
      apply([x, start], { length, axis: normalizeAxis(axis, x.shape.length) ?? axis })[0]!,
);
