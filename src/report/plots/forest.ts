import { axisX, dot, gridX, ruleX, ruleY, text } from "@observablehq/plot";
import type { TaskEvaluation } from "../../run/record.js";
import { html, shorten, type Html } from "../html.js";
import { formatPercent } from "../numbers.js";
import { intervalPercent, VERDICTS } from "../verdict.js";
import { COLOUR, drawSvg, labelRoom } from "./svg.js";

const ROW_HEIGHT = 30;
const SYMBOL = { helped: "triangle", neutral: "circle", hurt: "diamond" } as const;
const FILL = { helped: COLOUR.good, neutral: COLOUR.neutral, hurt: COLOUR.bad } as const;

/** Gains of all tasks in percent with their intervals, one line a task; drawn for wide and for narrow screens. */
export function forestPlot(tasks: readonly TaskEvaluation[]): Html {
  return html`<div class="for-wide">${draw(tasks, 760, 28)}</div>
    <div class="for-narrow">${draw(tasks, 340, 14)}</div>`;
}

function draw(tasks: readonly TaskEvaluation[], width: number, nameLength: number): Html {
  const rows = tasks
    .map((task, row) => ({
      row,
      percent: task.gain.percent,
      verdict: task.verdict,
      ...intervalPercent(task),
    }))
    .filter(({ percent }) => Number.isFinite(percent));
  const names = tasks.map(({ task }) => shorten(task, nameLength));
  const ends = rows.flatMap(({ percent, low, high }) => [percent, low, high]).filter(Number.isFinite);
  const reach = Math.max(1, ...ends.map(Math.abs)) * 1.08;
  const lowest = Math.min(0, ...ends) < 0 ? Math.max(-reach, Math.min(...ends) * 1.15) : -reach * 0.08;
  const highest = Math.max(0, ...ends) > 0 ? Math.min(reach, Math.max(...ends) * 1.15) : reach * 0.08;
  const intervals = rows.filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high));
  return drawSvg(describe(tasks), {
    width,
    height: tasks.length * ROW_HEIGHT + 64,
    marginLeft: labelRoom(names),
    marginRight: 24,
    marginTop: 12,
    marginBottom: 46,
    x: { domain: [lowest, highest] },
    y: { type: "band", domain: tasks.map((_, i) => i), axis: null },
    symbol: { legend: false },
    marks: [
      gridX({ stroke: COLOUR.line, strokeOpacity: 1, ticks: width < 500 ? 4 : 8 }),
      axisX({
        label: "gain in percent of the single-task value; right is better →",
        labelAnchor: "right",
        labelOffset: 40,
        ticks: width < 500 ? 4 : 8,
        tickSize: 0,
        color: COLOUR.muted,
        ...(width < 500 ? { label: "gain in % (right is better) →" } : {}),
      }),
      ruleX([0], { stroke: COLOUR.muted }),
      ruleY(intervals, {
        y: "row",
        x1: "low",
        x2: "high",
        stroke: (d: Pick<TaskEvaluation, "verdict">) => FILL[verdictOf(d)],
        strokeWidth: 2.5,
      }),
      dot(rows, {
        y: "row",
        x: "percent",
        r: 6,
        symbol: (d) => SYMBOL[verdictOf(d)],
        fill: (d) => FILL[verdictOf(d)],
      }),
      text(names, {
        y: (_, i: number) => i,
        text: (name: string) => name,
        frameAnchor: "left",
        textAnchor: "end",
        dx: -10,
        fill: COLOUR.ink,
        title: (_, i: number) => tasks[i]?.task ?? "",
      }),
    ],
  });
}

const verdictOf = ({ verdict }: Pick<TaskEvaluation, "verdict">): TaskEvaluation["verdict"] => verdict;

function describe(tasks: readonly TaskEvaluation[]): string {
  const shown = tasks.slice(0, 12).map((task) => {
    const { low, high } = intervalPercent(task);
    const interval = Number.isFinite(low) ? `, from ${formatPercent(low)} to ${formatPercent(high)}` : "";
    return `${shorten(task.task, 40)} ${formatPercent(task.gain.percent)}${interval}, ${VERDICTS[task.verdict].words}`;
  });
  return `Gain per task in percent with interval: ${shown.join("; ")}${tasks.length > 12 ? "; and others" : ""}.`;
}
