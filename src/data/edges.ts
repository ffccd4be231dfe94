import { quantile } from "../base/sorted.js";

/**
 * Number of piecewise-linear bins per numeric input: 8, 12, 24 or 48 by the number of training rows, and at most
 * 4000 bins over all numeric inputs.
 */
export function binCount(rows: number, numerics: number): number {
  const byRows = rows < 400 ? 8 : rows < 1000 ? 12 : rows < 5000 ? 24 : 48;
  return Math.max(1, Math.min(byRows, Math.floor(4000 / Math.max(1, numerics))));
}

/**
 * Edges of at most `bins` bins, strictly ascending also in single precision: all distinct values if they fit, else at the
 * quantiles 0, 1/bins, …, 1, in turn of the rows and of the distinct values.
 *
 * Quantiles of the distinct values keep edges where a zero-inflated column varies; quantiles of the rows alone would put
 * them all at zero. Where no value repeats, both are the same and all edges are plain quantiles.
 *
 * @param values without NaN.
 * @returns at most `bins + 1` edges, the smallest and the largest value among them; empty for two distinct values or fewer.
 * Departures: Gorishniy et al. take quantiles of the rows only.
 * @see Gorishniy et al. 2022, "On Embeddings for Numerical Features in Tabular Deep Learning", section 3.2.1.
 */
export function piecewiseEdges(values: Float64Array, bins: number): number[] {
  if (bins < 1) return [];
  const sorted = Float32Array.from(values, (x) => Math.fround(x) + 0).sort(); // + 0 turns -0 into 0
  const distinct = sorted.filter((x, i) => i === 0 || x !== sorted[i - 1]);
  if (distinct.length <= 2) return [];
  if (distinct.length <= bins + 1) return [...distinct];
  const edges = Array.from({ length: bins + 1 }, (_, i) =>
    Math.fround(quantile(i % 2 === 0 || i === bins ? sorted : distinct, i / bins)),
  ).sort((a, b) => a - b);
  return edges.filter((x, i) => i === 0 || x !== edges[i - 1]);
}
