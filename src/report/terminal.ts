import { testedRows } from "./streamed-words.js";
import type { RunRecord, SamplingRecord, TaskEvaluation } from "../run/record.js";
import { printable } from "./html.js";
import { formatNumber, formatPercent, formatShare, formatSigned } from "./numbers.js";
import { DELTA_MEANING, VERDICTS, verdictSentence } from "./verdict.js";

/** How text is coloured; each function returns its argument, dressed. */
export interface Painter {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

/** Text as it is. */
export const PLAIN_PAINTER: Painter = {
  good: (text) => text,
  bad: (text) => text,
  dim: (text) => text,
  bold: (text) => text,
};

const NAME_WIDTH = 28;
const HEADS = ["task", "kind", "metric", "alone", "together", "gain", "interval", "verdict"] as const;
const RIGHT = new Set([3, 4, 5]);

const MOST_TASKS = 24; // more than a screen holds
const MOST_EACH = 5; // largest gains and largest losses that stand for many tasks

/** The table per task as aligned lines: alone is the single-task baseline, together the multi-task model. */
export function renderTable(
  record: RunRecord,
  painter: Painter = PLAIN_PAINTER,
  tasks: readonly TaskEvaluation[] = record.evaluation.tasks,
): string[] {
  const kinds = new Map(record.tasks.map(({ name, kind }) => [name, kind]));
  const rows = tasks.map((task) => cells(task, kinds.get(task.task) ?? ""));
  const widths = HEADS.map((head, i) =>
    Math.max(head.length, ...rows.map((row) => displayWidth(row[i] ?? ""))),
  );
  const line = (row: readonly string[], dress: (text: string, column: number) => string): string =>
    row
      .map((text, i) => dress(fill(text, i === HEADS.length - 1 ? 0 : widths[i]!, RIGHT.has(i)), i))
      .join("  ")
      .trimEnd();
  const paint = { helped: painter.good, hurt: painter.bad, neutral: painter.dim };
  return [
    line(HEADS, (text) => painter.dim(text)),
    ...tasks.map(({ verdict }, r) =>
      line(rows[r]!, (text, i) =>
        i === 0 ? painter.bold(text) : i >= 5 && i !== 6 ? paint[verdict](text) : text,
      ),
    ),
  ];
}

/** What is printed after training: the table, then Δm with its direction and how the intervals came about. */
export function summaryLines(record: RunRecord, painter: Painter = PLAIN_PAINTER): string[] {
  const { deltaM, level, resamples } = record.evaluation;
  const delta = plainSigns(formatPercent(deltaM.percent));
  const sharing = deltaM.percent > 0 ? painter.good(delta) : deltaM.percent < 0 ? painter.bad(delta) : delta;
  return [
    ...tableLines(record, painter),
    "",
    `${painter.bold("Δm")} ${sharing}  mean relative gain over tasks; ${DELTA_MEANING}`,
    painter.dim(
      `Gains are signed so that positive is better; intervals hold ${Math.round(level * 1000) / 10} % of ${resamples} bootstrap resamples of ${plainSigns(testedRows(record.data.split))}.`,
    ),
    ...foldLines(record).map(painter.dim),
  ];
}

/** What folds say beside the table: how much Δm differs between them, and what was not tested. */
function foldLines({ evaluation: { folds } }: RunRecord): string[] {
  if (!folds) return [];
  const deltas = folds.each.map(({ deltaM }) => deltaM).filter(Number.isFinite);
  const [low, high] = [Math.min(...deltas), Math.max(...deltas)].map((x) => plainSigns(formatPercent(x)));
  return [
    `Every row was tested by models of other folds (${folds.count} folds${folds.repeats > 1 ? `, ${folds.repeats} times` : ""}); Δm by fold from ${low} to ${high}.`,
    "The saved model is trained on all rows and was not tested itself.",
  ];
}

/** The table, or of many tasks their counts and the largest gains and losses; then how rows were drawn, if not plainly. */
function tableLines(record: RunRecord, painter: Painter): string[] {
  const { tasks } = record.evaluation;
  const { sampling } = record.training;
  const drawn = sampling && sampling.policy !== "proportional" ? samplingLines(sampling) : [];
  if (tasks.length <= MOST_TASKS) return [...renderTable(record, painter), ...drawn];
  const count = (verdict: TaskEvaluation["verdict"]): number =>
    tasks.filter((task) => task.verdict === verdict).length;
  const order = tasks
    .filter(({ gain }) => Number.isFinite(gain.percent))
    .toSorted((a, b) => b.gain.percent - a.gain.percent);
  const shown = [...order.slice(0, MOST_EACH), ...order.slice(-MOST_EACH)];
  const counts = `${count("helped")} helped, ${count("neutral")} without a clear difference, ${count("hurt")} hurt`;
  return [
    `${painter.bold(`${tasks.length} tasks`)}: ${counts}. The largest gains and losses:`,
    "",
    ...renderTable(record, painter, shown),
    ...drawn,
  ];
}

/** How rows were drawn: of all labels and of all visits of an epoch, the share of the smallest task and of the largest. */
function samplingLines({ policy, temperature, tasks }: SamplingRecord): string[] {
  const found = Object.values(tasks).toSorted((x, y) => x.labelled - y.labelled);
  const labels = found.reduce((sum, { labelled }) => sum + labelled, 0);
  const how = policy === "temperature" ? `${policy} ${formatNumber(temperature)}` : policy;
  const told = (words: string, task: SamplingRecord["tasks"][string]): string =>
    `the ${words} task has ${formatNumber(task.labelled)} labelled rows, ${formatShare(task.labelled / labels)} of all labels, and ${formatShare(task.share)} of the visits of an epoch`;
  const [smallest, largest] = [found[0], found.at(-1)];
  if (smallest === undefined || largest === undefined) return [];
  return ["", plainSigns(`Sampling ${how}: ${told("smallest", smallest)}; ${told("largest", largest)}.`)];
}

/** The verdict sentence for a terminal: names made safe and short, signs as typed on a keyboard. */
export function verdictLine(record: RunRecord): string {
  return plainSigns(verdictSentence(record, shownName));
}

function cells(task: TaskEvaluation, kind: string): string[] {
  const { primary, multi, single, gain, verdict } = task;
  const arrow = primary.better === "higher" ? "↑" : "↓";
  const texts = [
    shownName(task.task),
    kind,
    `${primary.label} ${arrow}`,
    formatNumber(single[primary.metric]),
    formatNumber(multi[primary.metric]),
    formatSigned(gain.value),
    `[${formatSigned(gain.low)}, ${formatSigned(gain.high)}]`,
    VERDICTS[verdict].words,
  ];
  return texts.map((text, i) => (i === 0 ? text : plainSigns(text)));
}

/** A name from data on one line: no controls, no direction marks, cut at the column's width. */
export function shownName(name: string): string {
  const clean = printable(name).replaceAll(/[\t\n]|\p{Bidi_Control}/gu, " ");
  if (displayWidth(clean) <= NAME_WIDTH) return clean;
  let cut = "";
  for (const character of clean) {
    if (displayWidth(cut + character) > NAME_WIDTH - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Signs a terminal's user can type, search for and paste elsewhere. */
export const plainSigns = (text: string): string =>
  text.replaceAll("\u2212", "-").replaceAll("\u202F", "").replaceAll("\u00A0", " ");

/** A text with spaces to a width, before it for what stands on the right. */
export function fill(text: string, width: number, right: boolean): string {
  const space = " ".repeat(Math.max(0, width - displayWidth(text)));
  return right ? space + text : text + space;
}

const WIDE =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u;

/** Columns a text takes in a terminal: two for East Asian wide characters and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}|\p{Cf}/u.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}
