import { axisX, axisY, dot, gridY, lineY, ruleX } from "@observablehq/plot";
import type { TrainingRecord } from "../../run/record.js";
import { member } from "../lookup.js";
import { shorten, type Html } from "../html.js";
import { formatNumber } from "../numbers.js";
import { thin } from "./scatter.js";
import { COLOUR, drawSvg } from "./svg.js";

const MOST_EPOCHS = 250;

interface Point {
  readonly epoch: number;
  readonly loss: number;
}

/** Losses of one task by epoch: training and validation of the multi-task model, validation of the single-task one. */
export function learningCurve(task: string, multi: TrainingRecord, single: TrainingRecord | undefined): Html {
  const train = series(multi, "train", task);
  const validation = series(multi, "validation", task);
  const alone = single === undefined ? [] : series(single, "validation", task);
  const kept = (multi.bestEpochs && member(multi.bestEpochs, task)) ?? multi.bestEpoch;
  const best = multi.epochs
    .filter(({ epoch }) => epoch === kept)
    .flatMap((entry) => finite([{ epoch: entry.epoch, loss: member(entry.validation, task) ?? Number.NaN }]));
  const last = Math.max(2, ...[...train, ...validation, ...alone].map(({ epoch }) => epoch));
  return drawSvg(
    `Loss of ${shorten(task, 60)} by epoch; the best epoch of the multi-task model is ${kept}.`,
    {
      width: 336,
      height: 220,
      marginLeft: 48,
      marginRight: 12,
      marginTop: 22,
      marginBottom: 36,
      x: { domain: [1, last], type: "linear" },
      y: { type: "linear", nice: true },
      marks: [
        gridY({ stroke: COLOUR.line, strokeOpacity: 1, ticks: 4 }),
        axisX({
          label: "epoch →",
          labelArrow: "none",
          labelAnchor: "right",
          ticks: Math.min(6, last - 1),
          tickFormat: "d",
          tickSize: 0,
          color: COLOUR.muted,
        }),
        axisY({
          label: "↑ loss",
          labelArrow: "none",
          ticks: 4,
          tickFormat: formatNumber,
          tickSize: 0,
          color: COLOUR.muted,
        }),
        ruleX([kept], { stroke: COLOUR.muted, strokeDasharray: "1,4", strokeLinecap: "round" }),
        lineY(train, { x: "epoch", y: "loss", stroke: COLOUR.multi, strokeWidth: 1, strokeOpacity: 0.6 }),
        lineY(alone, {
          x: "epoch",
          y: "loss",
          stroke: COLOUR.single,
          strokeWidth: 1.75,
          strokeDasharray: "5,3",
        }),
        lineY(validation, { x: "epoch", y: "loss", stroke: COLOUR.multi, strokeWidth: 2.25 }),
        dot(best, {
          x: "epoch",
          y: "loss",
          r: 4,
          fill: COLOUR.multi,
          stroke: "var(--card)",
          strokeWidth: 1.5,
        }),
      ],
    },
  );
}

function series(record: TrainingRecord, part: "train" | "validation", task: string): readonly Point[] {
  const points = record.epochs.map((entry) => ({
    epoch: entry.epoch,
    loss: member(entry[part], task) ?? Number.NaN,
  }));
  return thin(finite(points), MOST_EPOCHS);
}

const finite = (points: readonly Point[]): readonly Point[] =>
  points.filter(({ loss }) => Number.isFinite(loss));
