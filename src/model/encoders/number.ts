import type { NumberInput } from "../../data/encoding.js";
import {
  type Tensor,
  cast,
  clip,
  div,
  gather,
  isNaN,
  maximum,
  minimum,
  reshape,
  sub,
  where,
} from "../../graph/index.js";
import { type Block, indices, row, side } from "./block.js";

/** Standardised values, piecewise-linear features and marks of missing values of all number columns. */
export function numberBlocks(columns: readonly { coding: NumberInput; raw: Tensor }[]): Block[] {
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

const OPEN = 2; // an outlier may leave the training range by two bin widths before it is held
const REACH = 10; // standardised inputs are held within ten deviations, so that one wild cell cannot blow a prediction up
