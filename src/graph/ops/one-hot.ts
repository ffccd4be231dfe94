import { ELEMENT_TYPES } from "../onnx/element-types.js";
import { defineOp } from "../op.js";
import type { DType, Tensor } from "../tensor.js";
import { numbers, value } from "../value.js";

/** 1 at the place each index names on a new last axis, else 0; an index outside [0, depth) gives zeros only. */
export const oneHot = defineOp<
  { readonly depth: number; readonly dtype: DType },
  (indices: Tensor, depth: number, dtype: DType) => Tensor
>(
  {
    slug: "one-hot",
    infer({ inputs, attributes: { depth, dtype }, fail }) {
      const indices = inputs[0]!;
      if (indices.dtype !== "int32" && indices.dtype !== "int64")
        throw fail("indices", "of type int32 or int64", "Cast them.", indices.dtype);
      if (!Number.isInteger(depth) || depth < 0)
        throw fail("depth", "a whole number", undefined, String(depth));
      if (dtype === "string") throw fail("type", "numeric or bool", undefined, dtype);
      return [{ shape: [...indices.shape, depth], dtype }];
    },
    differentiable: "zero",
    batch: ({ inputs, attributes, emit }) => [emit("one-hot", inputs, attributes)],
    onnx({ node, inputs, outputs, attributes: { depth, dtype }, emit, ints }) {
      const wide =
        node.inputs[0]!.dtype === "int64"
          ? inputs[0]!
          : emit("Cast", inputs, { attributes: { to: ELEMENT_TYPES.int64 } });
      const column = emit("Unsqueeze", [wide, ints([-1])]); // [..., 1]
      const range = ints(Array.from({ length: depth }, (_, i) => i));
      if (dtype === "bool") emit("Equal", [column, range], { outputs });
      else
        emit("Cast", [emit("Equal", [column, range])], { outputs, attributes: { to: ELEMENT_TYPES[dtype] } });
    },
    reference({ inputs, attributes: { depth } }) {
      const indices = inputs[0]!;
      const picked = numbers(indices);
      const result = new Float64Array(picked.length * depth);
      picked.forEach((index, row) => {
        if (index >= 0 && index < depth) result[row * depth + index] = 1;
      });
      return [value([...indices.shape, depth], result)];
    },
  },
  (apply) => (indices, depth, dtype) => apply([indices], { depth, dtype })[0]!,
);
