import type { ParetoRecord } from "../run/pareto-record.js";
import { alignedLines } from "./comparison-terminal.js";
import { spreadWords } from "./comparison-words.js";
import { printable } from "./html.js";
import { formatNumber } from "./numbers.js";
import { PARETO_NOTES, onFront, paretoSentence } from "./pareto-words.js";
import { PLAIN_PAINTER, type Painter, plainSigns, shownName } from "./terminal.js";

/** What is printed after a front was traced: every preference with its losses, and what the columns mean. */
export function paretoLines(record: ParetoRecord, painter: Painter = PLAIN_PAINTER): string[] {
  const { tasks, points } = record;
  const names = tasks.map(({ name }) => shownName(name));
  const heads = [
    "preference",
    ...names.map((name, t) => `${name} (${tasks[t]!.loss})`),
    "front",
    "validation",
  ];
  const rows = points.map((point) => [
    point.preference.map((share) => formatNumber(share)).join(" : "),
    ...point.test.map(spreadWords),
    onFront(point) ? "yes" : point.failed > 0 ? `${point.failed} failed` : "dominated",
    point.bestOnValidation ? "best" : "",
  ]);
  const alone = ["alone", ...tasks.map((task) => spreadWords(task.alone)), "", ""];
  const lines = alignedLines(heads, [...rows, alone], (text, column, row) => {
    if (row === undefined) return painter.dim(text);
    if (column === 0) return painter.bold(text);
    return column === tasks.length + 1 && points[row] && onFront(points[row]) ? painter.good(text) : text;
  });
  return [
    ...lines,
    "",
    painter.bold(plainSigns(printable(paretoSentence(record)))),
    ...Object.values(PARETO_NOTES).map((text) => painter.dim(plainSigns(printable(text)))),
  ];
}
