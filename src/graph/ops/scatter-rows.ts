import { batchScatterRows } from "../batching/scatter.js";
import { defineOp } from "../op.js";
import { product, sameShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

/**
 * x with some of its rows replaced: what `gather` along the first axis would then give back are the updates.
 *
 * @param x `[N, …]`. @param indices row numbers `[K]`, all different; negative ones count from the end.
 * @param updates `[K, …]`.
 */
export const scatterRows = defineOp(
  {
    slug: "scatter-rows",
    infer({ inputs, fail }) {
      const [x, indices, updates] = [inputs[0]!, inputs[1]!, inputs[2]!];
      const whole = indices.dtype === "int32" || indices.dtype === "int64";
      if (!whole || indices.shape.length !== 1)
        throw fail("indices", "a vector of int32 or int64", "Cast or reshape it.", indices.dtype);
      if (updates.dtype !== x.dtype) throw fail("updates", `of type ${x.dtype}`, "Cast them.", updates.dtype);
      if (x.shape.length === 0 || !sameShape(updates.shape, [indices.shape[0]!, ...x.shape.slice(1)]))
        throw fail("updates", "what gather gives with the same indices along the first axis");
      return [{ shape: x.shape, dtype: x.dtype }];
    },
    vjp({ inputs, outputs, wanted, g, scalar, full, emit }) {
      const [, indices, updates] = [inputs[0]!, inputs[1]!, inputs[2]!];
      const whole = full(g, outputs[0]!);
      const none = (): Tensor => full(scalar(0, g.dtype), updates);
      return [
        wanted[0] ? emit("scatter-rows", [whole, indices, none()]) : undefined,
        undefined,
        wanted[2] ? emit("gather", [whole, indices], { axis: 0 }) : undefined,
      ];
    },
    batch: batchScatterRows,
    onnx({ node, inputs, outputs, emit, ints }) {
      const wide =
        node.inputs[1]!.dtype === "int64"
          ? inputs[1]!
          : emit("Cast", [inputs[1]!], { attributes: { to: 7 } });
      const places = emit("Unsqueeze", [wide, ints([1])]); // [K, 1]
      emit("ScatterND", [inputs[0]!, places, inputs[2]!], { outputs });
    },
    reference({ inputs }) {
      const [x, indices, updates] = [inputs[0]!, inputs[1]!, inputs[2]!];
      const width = product(x.shape.slice(1));
      const result = Float64Array.from(numbers(x));
      const [rows, from] = [x.shape[0]!, numbers(updates)];
      numbers(indices).forEach((row, k) =>
        result.set(from.subarray(k * width, (k + 1) * width), (row < 0 ? row + rows : row) * width),
      );
      return [value(x.shape, result)];
    },
  },
  (apply) =>
    (x: Tensor, indices: Tensor, updates: Tensor): Tensor =>
      apply([x, indices, updates], {})[0]!,
);
