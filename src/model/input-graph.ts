import {
  type Tensor,
  cast,
  clip,
  concat,
  constant,
  div,
  gather,
  input,
  isNaN,
  labelEncode,
  layer,
  maximum,
  minimum,
  oneHot,
  reshape,
  sub,
  where,
} from "../graph/index.js";
import type { CategoryInput, InputCoding, InputEncoding, NumberInput } from "../data/encoding.js";

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

/** Features `[batch, W]`, and the name of the input that each of the W comes from. */
interface Block {
  readonly features: Tensor;
  readonly owners: readonly string[];
}

function oneHotBlock({ name, levels }: CategoryInput, raw: Tensor): Block {
  const width = levels.length + 1;
  const features = oneHot(labelEncode(raw, levels, levels.length), width, "float32");
  return { features, owners: Array.from({ length: width }, () => name) };
}

/** Standardised values, piecewise-linear features and marks of missing values of all number columns. */
function numberBlocks(columns: readonly { coding: NumberInput; raw: Tensor }[]): Block[] {
  if (columns.length === 0) return [];
  const codings = columns.map(({ coding }) => coding);
  const raw = side(columns.map((column) => reshape(column.raw, ["batch", 1])));
  const missing = isNaN(raw);
  const filled = where(missing, row(codings.map(({ fill }) => fill)), raw); // [batch, F]
  const means = row(codings.map(({ mean }) => mean));
  const standard = clip(
    div(sub(filled, means), row(codings.map(({ deviation }) => deviation))),
    -REACH,
    REACH,
  );
  const marked = codings.flatMap(({ indicator }, i) => (indicator ? [i] : []));
  const marks: Block[] =
    marked.length === 0
      ? []
      : [
          {
            features: gather(cast(missing, "float32"), indices(marked), 1),
            owners: marked.map((i) => codings[i]!.name),
          },
        ];
  return [
    { features: standard, owners: codings.map(({ name }) => name) },
    ...piecewiseLinear(codings, filled),
    ...marks,
  ];
}

/**
 * Piecewise-linear features `[batch, K]`: feature k of a column runs from 0 to 1 across its bin k; the first bin is open below
 * and the last above, so that values outside the training range still move the encoding. A column has `edges.length − 1`.
 */
function piecewiseLinear(codings: readonly NumberInput[], filled: Tensor): Block[] {
  const bins = codings.flatMap(({ edges, name }, column) =>
    edges.slice(1).map((edge, k) => {
      const [first, last] = [k === 0, k === edges.length - 2];
      return {
        column,
        name,
        start: edges[k]!,
        width: edge - edges[k]!,
        low: first ? (last ? -Infinity : -OPEN) : 0, // a bin that is alone is open without end
        high: last ? (first ? Infinity : OPEN) : 1,
      };
    }),
  );
  if (bins.length === 0) return [];
  const value = gather(filled, indices(bins.map(({ column }) => column)), 1);
  const position = div(sub(value, row(bins.map(({ start }) => start))), row(bins.map(({ width }) => width)));
  const [low, high] = [row(bins.map((bin) => bin.low)), row(bins.map((bin) => bin.high))];
  return [{ features: minimum(maximum(position, low), high), owners: bins.map(({ name }) => name) }];
}

const side = (columns: readonly Tensor[]): Tensor =>
  columns.length === 1 ? columns[0]! : concat(columns, 1);

const row = (values: readonly number[]): Tensor =>
  constant({ dtype: "float32", shape: [1, values.length], data: Float32Array.from(values) });

const indices = (values: readonly number[]): Tensor =>
  constant({ dtype: "int32", shape: [values.length], data: Int32Array.from(values) });

const OPEN = 2; // an outlier may leave the training range by two bin widths before it is held
const REACH = 10; // standardised inputs are held within ten deviations, so that one wild cell cannot blow a prediction up
