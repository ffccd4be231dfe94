import {
  feedType,
  type InputCoding,
  type InputEncoding,
  isDateInput,
  isNumberInput,
  type NumberInput,
} from "../data/encoding.js";
import { type Tensor, gather, input, layer } from "../graph/index.js";
import { type Block, indices, side } from "./encoders/block.js";
import { calendarBlocks, trendOf } from "./encoders/date.js";
import { hashedBlock } from "./encoders/hashing.js";
import { numberBlocks } from "./encoders/number.js";
import { oneHotBlock } from "./encoders/one-hot.js";
import { rankOf } from "./encoders/ordinal.js";
import { type FoldTables, statisticsBlock } from "./encoders/target-statistics.js";
import { textBlock } from "./encoders/text.js";

/** Raw inputs of a saved model and the encoded matrix made from them. */
export interface InputGraph {
  /** One tensor per raw column, `[batch]`: numbers with NaN for missing, or strings with "" for missing (see `feedType`). */
  readonly inputs: readonly Tensor[];
  /** `[batch, D]`, float32. */
  readonly encoded: Tensor;
}

/**
 * Traces the preprocessing: raw columns in, encoded matrix out. The same graph prepares training rows and is stored inside
 * `model.onnx`, so that the two can never differ.
 *
 * @param folds for training rows, whose statistics are made without their own labels; the file has those of all training rows.
 */
export function inputGraph(encoding: InputEncoding, folds?: FoldTables): InputGraph {
  const inputs = encoding.inputs.map((coding) => input(coding.name, feedType(coding), ["batch"]));
  return { inputs, encoded: layer("inputs", () => encodedMatrix(encoding.inputs, inputs, folds)) };
}

/** All number columns go side by side through one set of nodes: a runtime's time to open a graph grows with its nodes. */
function encodedMatrix(
  codings: readonly InputCoding[],
  inputs: readonly Tensor[],
  folds: FoldTables | undefined,
): Tensor {
  const columns = codings.map((coding, i) => ({ coding, raw: inputs[i]! }));
  const dates = columns.flatMap(({ coding, raw }) => (isDateInput(coding) ? [{ coding, raw }] : []));
  const blocks = [
    ...numberBlocks(columns.flatMap(({ coding, raw }) => asNumber(coding, raw) ?? [])),
    ...calendarBlocks(dates),
    ...columns.flatMap(({ coding, raw }) => blockOf(coding, raw, folds) ?? []),
  ];
  const matrix = side(blocks.map(({ features }) => features));
  const owners = blocks.flatMap((block) => block.owners);
  const place = new Map(codings.map(({ name }, i) => [name, i]));
  const order = owners.map((_, k) => k).toSorted((a, b) => place.get(owners[a]!)! - place.get(owners[b]!)!);
  return order.every((from, to) => from === to) ? matrix : gather(matrix, indices(order), 1);
}

/** A column of which one number is made, and how that is coded; undefined for others. */
function asNumber(coding: InputCoding, raw: Tensor): { coding: NumberInput; raw: Tensor } | undefined {
  if (isDateInput(coding)) return { coding: coding.trend, raw: trendOf(coding, raw) };
  if (!isNumberInput(coding)) return undefined;
  return { coding, raw: coding.order ? rankOf(coding.order, raw) : raw };
}

/** Features of a column of which no number is made; undefined for others. */
function blockOf(coding: InputCoding, raw: Tensor, folds: FoldTables | undefined): Block | undefined {
  if (coding.type === "text") return textBlock(coding, raw);
  if (coding.type !== "category") return undefined;
  switch (coding.coding) {
    case "target":
      return statisticsBlock(coding, raw, folds);
    case "hashing":
      return hashedBlock(coding, raw);
    default:
      return oneHotBlock(coding, raw);
  }
}
