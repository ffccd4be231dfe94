import type { InputCoding, InputEncoding } from "../data/encoding.js";
import { type Tensor, gather, input, layer } from "../graph/index.js";
import { indices, side } from "./encoders/block.js";
import { numberBlocks } from "./encoders/number.js";
import { oneHotBlock } from "./encoders/one-hot.js";

/** Raw inputs of a saved model and the encoded matrix made from them. */
export interface InputGraph {
  /** One tensor per raw column, `[batch]`: float32 with NaN for missing, or string with "" for missing. */
  readonly inputs: readonly Tensor[];
  /** `[batch, D]`, float32. */
  readonly encoded: Tensor;
}

/**
 * Traces the preprocessing: raw columns in, encoded matrix out. The same graph prepares training rows and is stored inside
 * `model.onnx`, so that the two can never differ.
 */
export function inputGraph(encoding: InputEncoding): InputGraph {
  const inputs = encoding.inputs.map((coding) =>
    input(coding.name, coding.type === "category" ? "string" : "float32", ["batch"]),
  );
  return { inputs, encoded: layer("inputs", () => encodedMatrix(encoding.inputs, inputs)) };
}

/** All number columns go side by side through one set of nodes: a runtime's time to open a graph grows with its nodes. */
function encodedMatrix(codings: readonly InputCoding[], inputs: readonly Tensor[]): Tensor {
  const numbers = codings.flatMap((coding, i) =>
    coding.type === "category" ? [] : [{ coding, raw: inputs[i]! }],
  );
  const blocks = [
    ...numberBlocks(numbers),
    ...codings.flatMap((coding, input) =>
      coding.type === "category" ? [oneHotBlock(coding, inputs[input]!)] : [],
    ),
  ];
  const matrix = side(blocks.map(({ features }) => features));
  const owners = blocks.flatMap((block) => block.owners);
  const place = new Map(codings.map(({ name }, i) => [name, i]));
  const order = owners.map((_, k) => k).toSorted((a, b) => place.get(owners[a]!)! - place.get(owners[b]!)!);
  return order.every((from, to) => from === to) ? matrix : gather(matrix, indices(order), 1);
}
