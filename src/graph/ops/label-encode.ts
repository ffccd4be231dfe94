import { defineOp } from "../op.js";
import type { Tensor } from "../tensor.js";
import { value } from "../value.js";

interface LabelEncodeAttributes {
  readonly keys: readonly string[];
  readonly fallback: number;
  readonly [key: string]: number | readonly string[];
}

/** The place of each text in a list of distinct keys, or the fallback, as int64 (ai.onnx.ml LabelEncoder). */
export const labelEncode = defineOp<
  LabelEncodeAttributes,
  (x: Tensor, keys: readonly string[], fallback: number) => Tensor
>(
  {
    slug: "label-encode",
    infer({ inputs, attributes: { keys }, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (dtype !== "string") throw fail("input", "of type string", undefined, dtype);
      const known = new Set<string>();
      const twice = keys.find((key) => known.size === known.add(key).size);
      if (twice !== undefined) throw fail("keys", "distinct", undefined, `"${twice}" twice`);
      return [{ shape, dtype: "int64" }];
    },
    differentiable: "zero",
    batch: ({ inputs, attributes, emit }) => [emit("label-encode", inputs, attributes)],
    onnx({ inputs, outputs, attributes: { keys, fallback }, emit, ints }) {
      const attributes = {
        keys_strings: keys,
        values_int64s: keys.map((_, i) => i),
        default_int64: fallback,
      };
      if (keys.length > 0) emit("LabelEncoder", inputs, { outputs, attributes, domain: "ai.onnx.ml" });
      else emit("Expand", [ints([fallback]), emit("Shape", inputs)], { outputs });
    },
    reference({ inputs, attributes: { keys, fallback } }) {
      const x = inputs[0]!;
      const places = new Map(keys.map((key, i) => [key, i]));
      const found = [...x.data].map((text) => places.get(String(text)) ?? fallback);
      return [value(x.shape, found)];
    },
  },
  (apply) => (x, keys, fallback) => apply([x], { keys, fallback })[0]!,
);
