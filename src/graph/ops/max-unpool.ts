import { batchUnpool } from "../batching/unpool.js";
import { emitZeros } from "../indexing.js";
import { defineOp } from "../op.js";
import { product, productDim, sameShape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

/**
 * The gradient of a `maxPool` whose windows do not overlap: zeros in the shape of `like`, with each element at its place.
 *
 * Since no place comes twice nothing is added, which takes ONNX Runtime a fifth of the time of `scatterAdd` (64 × 16 images
 * of 36 × 36 in windows of 2 × 2: 0.36 ms against 1.9).
 *
 * @param x `[B, C, …]`, one element for each window.
 * @param places int64 in the shape of x: which element of `like`, all axes counted through; all different.
 * @param like `[B, C, …]`; only its shape is used.
 * @see Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", section 2.1 (the switches).
 */
export const maxUnpool = defineOp<{}, (x: Tensor, places: Tensor, like: Tensor) => Tensor>(
  {
    slug: "max-unpool",
    infer({ inputs, fail }) {
      const [x, places, like] = [inputs[0]!, inputs[1]!, inputs[2]!];
      if (!sameShape(x.shape, places.shape) || places.dtype !== "int64")
        throw fail(
          "places",
          "int64 in the shape of x",
          undefined,
          `${places.dtype} [${places.shape.join(", ")}]`,
        );
      if (x.shape.length < 3 || like.shape.length !== x.shape.length || like.dtype !== x.dtype)
        throw fail("inputs", "[B, C, ..], [B, C, ..] and [B, C, ..] of one type");
      return [{ shape: like.shape, dtype: x.dtype }];
    },
    vjp({ inputs, outputs, g, full, emit }) {
      const line = emit("reshape", [full(g, outputs[0]!)], { shape: [productDim(outputs[0]!.shape)] });
      return [emit("gather", [line, inputs[1]!], { axis: 0 }), undefined, undefined];
    },
    batch: batchUnpool,
    onnx(context) {
      const { node, inputs, outputs, emit, ints } = context;
      const [x, , like] = node.inputs as [Tensor, Tensor, Tensor];
      const shape = emit("Shape", [inputs[2]!]);
      if (x.shape.includes(0) || like.shape.includes(0)) {
        emit("Expand", [context.scalar(0, x.dtype), shape], { outputs });
        return;
      }
      if (x.dtype === "float32") {
        const ones = x.shape.slice(2).map(() => 1); // the places say all there is to know about windows
        const attributes = { kernel_shape: ones, strides: ones };
        emit("MaxUnpool", [inputs[0]!, inputs[1]!, shape], { outputs, attributes });
        return;
      }
      const line = ints([-1]);
      const flat = [emitZeros(context), inputs[1]!, inputs[0]!].map((name) => emit("Reshape", [name, line]));
      const placed = emit("ScatterElements", flat, { attributes: { axis: 0 } });
      emit("Reshape", [placed, shape], { outputs });
    },
    reference({ inputs }) {
      const [x, places, like] = [inputs[0]!, inputs[1]!, inputs[2]!];
      const result = new Float64Array(product(like.shape));
      const values = numbers(x);
      numbers(places).forEach((place, i) => {
        result[place] = values[i]!;
      });
      return [value(like.shape, result)];
    },
  },
  (apply) => (x, places, like) => apply([x, places, like], {})[0]!,
);
