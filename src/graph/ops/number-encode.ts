import { defineOp } from "../op.js";
import type { Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

interface NumberEncodeAttributes {
  readonly keys: readonly number[];
  readonly fallback: number;
  readonly [key: string]: number | readonly number[];
}

/** The place of each number in a list of distinct keys, or the fallback, also for NaN, as int64 (ai.onnx.ml LabelEncoder). */
export const numberEncode = defineOp<
  NumberEncodeAttributes,
  (x: Tensor, keys: readonly number[], fallback: number) => Tensor
>(
  {
    slug: "number-encode",
    infer({ inputs, attributes: { keys }, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (dtype !== "float64") throw fail("input", "of type float64", "Cast it.", dtype);
      if (new Set(keys).size < keys.length || keys.includes(Number.NaN))
        throw fail("keys", "distinct numbers", undefined, String(keys));
      return [{ shape, dtype: "int64" }];
    },
    differentiable: "zero",
    batch: ({ inputs, attributes, emit }) => [emit("number-encode", inputs, attributes)],
    onnx({ inputs, outputs, attributes: { keys, fallback }, emit, ints }) {
      if (keys.length === 0) {
        emit("Expand", [ints([fallback]), emit("Shape", inputs)], { outputs });
        return;
      }
      const attributes = {
        keys_tensor: { dtype: "float64", shape: [keys.length], data: Float64Array.from(keys) },
        values_tensor: {
          dtype: "int64",
          shape: [keys.length],
          data: BigInt64Array.from(keys, (_, i) => BigInt(i)),
        },
        default_tensor: { dtype: "int64", shape: [1], data: BigInt64Array.of(BigInt(fallback)) },
      } as const;
      emit("LabelEncoder", inputs, { outputs, attributes, domain: "ai.onnx.ml" });
    },
    reference({ inputs, attributes: { keys, fallback } }) {
      const x = inputs[0]!;
      const places = new Map(keys.map((key, i) => [key, i]));
      return [
        value(
          x.shape,
          Array.from(numbers(x), (number) => places.get(number) ?? fallback),
        ),
      ];
    },
  },
  (apply) => (x, keys, fallback) => apply([x], { keys, fallback })[0]!,
);
