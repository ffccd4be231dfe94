import { ELEMENT_TYPES } from "../onnx/element-types.js";
import { defineOp } from "../op.js";
import type { DType, Tensor } from "../tensor.js";

/** The same values in another element type: to bool true where not 0, to integers towards zero; text cannot be cast. */
export const cast = defineOp<{ readonly to: DType }, (x: Tensor, dtype: DType) => Tensor>(
  {
    slug: "cast",
    infer({ inputs, attributes, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (dtype === "string" || attributes.to === "string")
        throw fail("types", "numeric or bool", "Use labelEncode for text.", `${dtype} to ${attributes.to}`);
      return [{ shape, dtype: attributes.to }];
    },
    vjp: ({ inputs, g, emit }) => [emit("cast", [g], { to: inputs[0]!.dtype })],
    batch: ({ inputs, attributes, emit }) => [emit("cast", inputs, attributes)],
    onnx({ attributes, inputs, outputs, emit }) {
      emit("Cast", inputs, { outputs, attributes: { to: ELEMENT_TYPES[attributes.to] } });
    },
    reference: ({ inputs }) => [inputs[0]!],
  },
  (apply) => (x, dtype) => (x.dtype === dtype ? x : apply([x], { to: dtype })[0]!),
);
