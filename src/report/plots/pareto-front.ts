import { axisX, axisY, dot, gridX, gridY, lineY, ruleX, ruleY } from "@observablehq/plot";
import { type Html, shorten } from "../html.js";
import { formatNumber } from "../numbers.js";
import { COLOUR, drawSvg } from "./svg.js";

/** One model of a front in the plane of two losses. */
export interface FrontPoint {
  readonly x: number;
  readonly y: number;
  /** No other point is nowhere worse and somewhere better, over all tasks. */
  readonly best: boolean;
  readonly title: string;
}

/** One axis: a task with the loss of its single-task model. */
export interface FrontAxis {
  readonly task: string;
  readonly loss: string;
  readonly alone: number | null;
}

/** Losses of two tasks: the models of a front, those dominated hollow, with the losses of the single-task models as dashed lines. */
export function paretoPlot(
  [across, up]: readonly [FrontAxis, FrontAxis],
  points: readonly FrontPoint[],
  joined: boolean,
): Html {
  const finite = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  const best = finite.filter((point) => point.best);
  const line = joined ? best.toSorted((a, b) => a.x - b.x) : [];
  const ticks = {
    ticks: 5,
    tickSize: 0,
    tickFormat: formatNumber,
    color: COLOUR.muted,
    labelArrow: "none",
  } as const;
  const rule = { stroke: COLOUR.single, strokeDasharray: "5,3" };
  const label = ({ task, loss }: FrontAxis): string => `${shorten(task, 24)}, ${loss}`;
  return drawSvg(
    `Losses of ${finite.length} models: ${label(across)} across, ${label(up)} up; ${best.length} are not dominated.`,
    {
      width: 420,
      height: 340,
      marginLeft: 56,
      marginRight: 20,
      marginTop: 26,
      marginBottom: 42,
      x: { type: "linear", nice: true, inset: 8 },
      y: { type: "linear", nice: true, inset: 8 },
      marks: [
        gridX({ stroke: COLOUR.line, strokeOpacity: 1, ticks: 5 }),
        gridY({ stroke: COLOUR.line, strokeOpacity: 1, ticks: 5 }),
        axisX({ ...ticks, label: `${label(across)} →`, labelAnchor: "right" }),
        axisY({ ...ticks, label: `↑ ${label(up)}`, labelAnchor: "top" }),
        ruleX(across.alone === null ? [] : [across.alone], rule),
        ruleY(up.alone === null ? [] : [up.alone], rule),
        lineY(line, { x: "x", y: "y", stroke: COLOUR.multi, strokeWidth: 2, strokeOpacity: 0.6 }),
        dot(finite, {
          x: "x",
          y: "y",
          r: 4.5,
          fill: (point: FrontPoint) => (point.best ? COLOUR.multi : "none"),
          stroke: (point: FrontPoint) => (point.best ? COLOUR.multi : COLOUR.muted),
          strokeWidth: 1.5,
          title: "title",
        }),
      ],
    },
  );
}
