import { defineOp } from "../op.js";
import { broadcastShapes } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { type Value, broadcastSizes, broadcastTo, numbers, value } from "../value.js";

/** a where the condition (bool) holds, else b; all three broadcast. */
export const where = defineOp(
  {
    slug: "where",
    infer({ inputs, fail }) {
      const [condition, a, b] = [inputs[0]!, inputs[1]!, inputs[2]!];
      if (condition.dtype !== "bool")
        throw fail("condition", "of type bool", "Compare first.", condition.dtype);
      if (a.dtype !== b.dtype)
        throw fail("choices", "of one type", "Cast one of them.", `${a.dtype} and ${b.dtype}`);
      const both = broadcastShapes(a.shape, b.shape);
      const shape = both && broadcastShapes(condition.shape, both);
      if (!shape)
        throw fail(
          "inputs",
          "of shapes that broadcast",
          "Sizes must be equal or 1, counted from the last axis.",
        );
      return [{ shape, dtype: a.dtype }];
    },
    vjp({ inputs, outputs, wanted, g, emit, scalar, reduceTo }) {
      const [condition, a, b] = [inputs[0]!, inputs[1]!, inputs[2]!];
      const zero = scalar(0, g.dtype);
      return [
        undefined,
        wanted[1] ? reduceTo(emit("where", [condition, g, zero]), outputs[0]!, a) : undefined,
        wanted[2] ? reduceTo(emit("where", [condition, zero, g]), outputs[0]!, b) : undefined,
      ];
    },
    batch({ node, aligned, emit }) {
      const rank = node.outputs[0]!.shape.length;
      return [
        emit(
          "where",
          node.inputs.map((_, i) => aligned(i, rank)),
        ),
      ];
    },
    onnx: ({ inputs, outputs, emit }) => void emit("Where", inputs, { outputs }),
    reference({ inputs }) {
      const shape = broadcastSizes(...inputs.map((input) => input.shape));
      const [condition, a, b] = inputs.map((input) => broadcastTo(input, shape)) as [Value, Value, Value];
      const chosen = numbers(condition);
      if (a.data instanceof Float64Array)
        return [
          value(
            shape,
            chosen.map((c, i) => Number((c ? a : b).data[i]!)),
          ),
        ];
      return [{ shape, data: Array.from(chosen, (c, i) => String((c ? a : b).data[i]!)) }];
    },
  },
  (apply) => (condition: Tensor, a: Tensor, b: Tensor) => apply([condition, a, b], {})[0]!,
);
