import {
  type Tensor,
  cast,
  clip,
  concat,
  constant,
  div,
  input,
  isNaN,
  labelEncode,
  layer,
  maximum,
  minimum,
  oneHot,
  reshape,
  scalar,
  sub,
  where,
} from "../graph/index.js";
import type { InputCoding, InputEncoding, NumberInput } from "../data/encoding.js";

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
  const features = layer("inputs", () =>
    encoding.inputs.flatMap((coding, i) => featuresOf(coding, inputs[i]!)),
  );
  return { inputs, encoded: features.length === 1 ? features[0]! : concat(features, 1) };
}

function featuresOf(coding: InputCoding, raw: Tensor): Tensor[] {
  if (coding.type === "category") {
    return [
      oneHot(labelEncode(raw, coding.levels, coding.levels.length), coding.levels.length + 1, "float32"),
    ]; // [batch, L + 1]
  }
  const missing = isNaN(raw);
  const filled = reshape(where(missing, scalar(coding.fill), raw), ["batch", 1]);
  const standard = clip(div(sub(filled, scalar(coding.mean)), scalar(coding.deviation)), -REACH, REACH);
  const indicator = coding.indicator ? [reshape(cast(missing, "float32"), ["batch", 1])] : [];
  return [standard, ...piecewiseLinear(coding, filled), ...indicator];
}

/**
 * Piecewise-linear features `[batch, K]`: feature k runs from 0 to 1 across bin k; the first bin is open below and the last
 * above, so that values outside the training range still move the encoding. K = `edges.length − 1`.
 */
function piecewiseLinear({ edges }: NumberInput, filled: Tensor): Tensor[] {
  const bins = edges.length - 1;
  if (bins < 1) return [];
  const row = (values: number[]): Tensor =>
    constant({ dtype: "float32", shape: [1, values.length], data: Float32Array.from(values) });
  const starts = row(edges.slice(0, -1));
  const widths = row(edges.slice(1).map((edge, k) => edge - edges[k]!));
  const position = div(sub(filled, starts), widths); // [batch, K]
  if (bins === 1) return [position];
  const low = row(Array.from({ length: bins }, (_, k) => (k === 0 ? -OPEN : 0)));
  const high = row(Array.from({ length: bins }, (_, k) => (k === bins - 1 ? OPEN : 1)));
  return [minimum(maximum(position, low), high)];
}

const OPEN = 2; // an outlier may leave the training range by two bin widths before it is held
const REACH = 10; // standardised inputs are held within ten deviations, so that one wild cell cannot blow a prediction up
