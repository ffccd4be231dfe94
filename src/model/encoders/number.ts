import type { NumberInput } from "../../data/encoding.js";
import type { QuantileMap } from "../../data/encoders/normalisation.js";
import {
  type Tensor,
  add,
  cast,
  clip,
  div,
  gather,
  isNaN,
  maximum,
  minimum,
  mul,
  reduceSum,
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
    ...standardised(codings, filled),
    ...normalScores(codings, filled),
    ...piecewiseLinear(codings, filled),
    ...marks,
  ];
}

/** (x − mean) / deviation `[batch, F]` of the columns without a map to normal scores. */
function standardised(all: readonly NumberInput[], filled: Tensor): Block[] {
  const { codings, values } = chosen(all, filled, ({ quantiles }) => !quantiles);
  if (codings.length === 0) return [];
  const means = row(codings.map(({ mean }) => mean));
  const deviations = row(codings.map(({ deviation }) => deviation));
  const features = clip(div(sub(values, means), deviations), -REACH, REACH);
  return [{ features, owners: codings.map(({ name }) => name) }];
}

/**
 * Normal scores `[batch, F]`: the score of the lowest knot, and for each stretch above it the part that lies below the value. Maps
 * of fewer stretches end in some of height 0.
 */
function normalScores(all: readonly NumberInput[], filled: Tensor): Block[] {
  const { codings, values } = chosen(all, filled, ({ quantiles }) => quantiles !== undefined);
  if (codings.length === 0) return [];
  const maps = codings.map(({ quantiles }) => quantiles!);
  const stretches = Math.max(1, ...maps.map(({ at }) => at.length - 1));
  const each = (of: (map: QuantileMap, k: number) => number, padding: number): Tensor =>
    row(
      maps.flatMap((map) =>
        Array.from({ length: stretches }, (_, k) => (k + 1 < map.at.length ? of(map, k) : padding)),
      ),
    );
  const columns = maps.flatMap((_, column) => Array.from({ length: stretches }, () => column));
  const value = gather(values, indices(columns), 1); // [batch, F·K]
  const from = each(({ at }, k) => at[k]!, 0);
  const width = each(({ at }, k) => at[k + 1]! - at[k]!, 1);
  const part = clip(div(sub(value, from), width), 0, 1);
  const heights = mul(
    part,
    each(({ score }, k) => score[k + 1]! - score[k]!, 0),
  );
  const above = reduceSum(reshape(heights, ["batch", codings.length, stretches]), [2]);
  const features = add(above, row(maps.map(({ score }) => score[0]!)));
  return [{ features, owners: codings.map(({ name }) => name) }];
}

/** Some of the columns with their values `[batch, F]`. */
function chosen(
  all: readonly NumberInput[],
  filled: Tensor,
  pick: (coding: NumberInput) => boolean,
): { codings: readonly NumberInput[]; values: Tensor } {
  const places = [...all.keys()].filter((i) => pick(all[i]!));
  const codings = places.map((i) => all[i]!);
  const values =
    places.length === 0 || places.length === all.length ? filled : gather(filled, indices(places), 1);
  return { codings, values };
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
