import { axisX, dot, gridX, ruleX, ruleY, text } from "@observablehq/plot";
import type { TaskEvaluation } from "../../run/record.js";
import { html, shorten, type Html } from "../html.js";
import { formatPercent } from "../numbers.js";
import { intervalPercent, VERDICTS } from "../verdict.js";
import { COLOUR, drawSvg, labelRoom } from "./svg.js";

const ROW_HEIGHT = 30;
const SYMBOL = { helped: "triangle", neutral: "circle", hurt: "diamond" } as const;
const FILL = { helped: COLOUR.good, neutral: COLOUR.neutral, hurt: COLOUR.bad } as const;

/** What a line of the picture is drawn from. */
export type Gain = Pick<TaskEvaluation, "task" | "primary" | "single" | "gain" | "verdict">;

/** Gains of all tasks in percent with their intervals, one line a task; drawn for wide and for narrow screens. */
export function forestPlot(tasks: readonly Gain[]): Html {
  return html`<div class="for-wide">${draw(tasks, 760, 28)}</div>
    <div class="for-narrow">${draw(tasks, 340, 14)}</div>
    ${forestDomain(tasks).cut && html`<p class="note">Bars that reach farther than the picture are cut; the table has their numbers.</p>`}`;
}

function draw(tasks: readonly Gain[], width: number, nameLength: number): Html {
  const left = labelRoom(tasks.map(({ task }) => shorten(task, nameLength)));
  const rows = tasks
    .map((task, row) => ({
      row,
      percent: task.gain.percent,
      verdict: task.verdict,
      ...intervalPercent(task),
    }))
    .filter(({ percent }) => Number.isFinite(percent));
  const names = tasks.map(({ task }) => shorten(task, nameLength));
  const { low: lowest, high: highest } = forestDomain(tasks);
  const within = (value: number): number => Math.min(highest, Math.max(lowest, value));
  const intervals = rows
    .filter(({ low, high }) => Number.isFinite(low) && Number.isFinite(high))
    .map((row) => ({ ...row, low: within(row.low), high: within(row.high) }));
  const dots = rows.map((row) => ({ ...row, percent: within(row.percent) }));
  return drawSvg(describe(tasks), {
    width,
    height: tasks.length * ROW_HEIGHT + 64,
    marginLeft: left,
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
      dot(dots, {
        y: "row",
        x: "percent",
        r: 6,
        symbol: (d: Pick<TaskEvaluation, "verdict">) => SYMBOL[verdictOf(d)],
        fill: (d: Pick<TaskEvaluation, "verdict">) => FILL[verdictOf(d)],
      }),
      text(names, {
        y: (_, i: number) => i,
        text: (name: string) => name,
        frameAnchor: "left",
        textAnchor: "start",
        dx: -left,
        fill: COLOUR.ink,
        title: (_, i: number) => tasks[i]?.task ?? "",
      }),
    ],
  });
}

/**
 * The part of the percent axis that is drawn. It holds 0 and all ends, unless a few reach so much farther than the rest
 * that the rest could not be told apart; `cut` says so.
 */
export function forestDomain(tasks: readonly Gain[]): { low: number; high: number; cut: boolean } {
  const ends = tasks
    .flatMap((task) => [task.gain.percent, ...Object.values(intervalPercent(task))])
    .filter((end) => Number.isFinite(end));
  const sizes = ends.map(Math.abs).sort((a, b) => a - b);
  const limit = Math.max(10, 8 * (sizes[Math.floor(sizes.length / 2)] ?? 0));
  const edge = Math.max(1, Math.min(limit, sizes.at(-1) ?? 0));
  const low = Math.max(-edge, Math.min(0, ...ends));
  const high = Math.min(edge, Math.max(0, ...ends));
  const margin = 0.05 * Math.max(high - low, 1);
  return { low: low - margin, high: high + margin, cut: (sizes.at(-1) ?? 0) > edge };
}

const verdictOf = ({ verdict }: Pick<TaskEvaluation, "verdict">): TaskEvaluation["verdict"] => verdict;

function describe(tasks: readonly Gain[]): string {
  const shown = tasks.slice(0, 12).map((task) => {
    const { low, high } = intervalPercent(task);
    const interval = Number.isFinite(low) ? `, from ${formatPercent(low)} to ${formatPercent(high)}` : "";
    return `${shorten(task.task, 40)} ${formatPercent(task.gain.percent)}${interval}, ${VERDICTS[task.verdict].words}`;
  });
  return `Gain per task in percent with interval: ${shown.join("; ")}${tasks.length > 12 ? "; and others" : ""}.`;
}
