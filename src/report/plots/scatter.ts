import { axisX, axisY, dot, gridX, gridY, link } from "@observablehq/plot";
import { html, shorten, type Html } from "../html.js";
import { formatNumber } from "../numbers.js";
import { COLOUR, drawSvg, labelRoom } from "./svg.js";

/** Most points drawn; more would only make the page heavy. */
export const MOST_POINTS = 1500;

const WIDTH = 330; // fits a card on a narrow screen
const TOP = 24;
const RIGHT = 16;
const BOTTOM = 42;

/** Predicted against true values with the diagonal on which a perfect model's points lie. */
export function scatterPlot(task: string, truth: readonly number[], predicted: readonly number[]): Html {
  const all = truth
    .map((value, i) => ({ truth: value, predicted: predicted[i] ?? Number.NaN }))
    .filter((point) => Number.isFinite(point.truth) && Number.isFinite(point.predicted));
  if (all.length === 0) return html`<p class="note">No labelled test row to draw.</p>`;
  const points = thin(all, MOST_POINTS);
  const values = points.flatMap((point) => [point.truth, point.predicted]);
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const margin = (high - low) * 0.04 || Math.abs(low) * 0.1 || 1;
  const domain = [low - margin, high + margin];
  const ticks = { ticks: 5, tickSize: 0, tickFormat: formatNumber, color: COLOUR.muted };
  const left = labelRoom([low, high].map((value) => formatNumber(Math.round(value)))) + 4;
  const picture = drawSvg(
    `Predicted against true values of ${shorten(task, 60)}, ${points.length} test rows.`,
    {
      width: WIDTH,
      height: WIDTH - left - RIGHT + TOP + BOTTOM,
      marginLeft: left,
      marginRight: RIGHT,
      marginTop: TOP,
      marginBottom: BOTTOM,
      x: { domain, type: "linear" },
      y: { domain, type: "linear" },
      marks: [
        gridX({ stroke: COLOUR.line, strokeOpacity: 1, ticks: 5 }),
        gridY({ stroke: COLOUR.line, strokeOpacity: 1, ticks: 5 }),
        axisX({ ...ticks, label: "true →", labelAnchor: "right", labelArrow: "none" }),
        axisY({ ...ticks, label: "↑ predicted", labelAnchor: "top", labelArrow: "none" }),
        link([domain], { x1: "0", y1: "0", x2: "1", y2: "1", stroke: COLOUR.muted, strokeDasharray: "4,3" }),
        dot(points, { x: "truth", y: "predicted", r: 3, fill: COLOUR.multi, fillOpacity: 0.5 }),
      ],
    },
  );
  const note =
    points.length < all.length
      ? html`<p class="note">${points.length} of ${all.length} test rows, evenly taken.</p>`
      : null;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Scatter plot">${picture}</div>
    ${note}`;
}

/** At most `limit` items, evenly taken, first and last kept. */
export function thin<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  return Array.from({ length: limit }, (_, i) => items[Math.round((i * (items.length - 1)) / (limit - 1))]!);
}
