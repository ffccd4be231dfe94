import type { ComparisonRecord, VariantRecord } from "../run/comparison-record.js";
import {
  RANKING_NOTES,
  comparisonSentence,
  deltaWords,
  pWords,
  spreadWords,
  testNote,
  verdictOf,
} from "./comparison-words.js";
import { printable } from "./html.js";
import { formatNumber } from "./numbers.js";
import { PLAIN_PAINTER, displayWidth, fill, plainSigns, shownName, type Painter } from "./terminal.js";

const MOST_VARIANTS = 5; // columns that a screen has room for
const MOST_TASKS = 16;

/** What is printed after a comparison: the ranking, the tasks of the best variants, and what the columns mean. */
export function comparisonLines(record: ComparisonRecord, painter: Painter = PLAIN_PAINTER): string[] {
  return [
    ...rankingLines(record, painter),
    "",
    ...taskLines(record, painter),
    "",
    painter.bold(plainSigns(printable(comparisonSentence(record)))),
    ...[testNote(record), RANKING_NOTES.meanRank, RANKING_NOTES.deltaM, RANKING_NOTES.cost].map((text) =>
      painter.dim(plainSigns(printable(text))),
    ),
  ];
}

function rankingLines({ variants }: ComparisonRecord, painter: Painter): string[] {
  const heads = ["variant", "mean rank", "Δm", "p (Holm)", "ms/step", "seconds"];
  const rows = variants.map((variant) => [
    nameOf(variant),
    variant.meanRank.toFixed(2),
    deltaWords(variant),
    variant.against ? pWords(variant.against.holm) : "reference",
    formatNumber(variant.stepMs.mean),
    formatNumber(variant.seconds.mean),
  ]);
  const paint = { helped: painter.good, hurt: painter.bad, neutral: painter.dim };
  return alignedLines(heads, rows, (text, column, row) => {
    if (row === undefined) return painter.dim(text);
    if (column === 0) return painter.bold(text);
    return column === 2 || column === 3 ? paint[verdictOf(variants[row]!)](text) : text;
  });
}

function taskLines({ tasks, variants }: ComparisonRecord, painter: Painter): string[] {
  const shown = variants.slice(0, MOST_VARIANTS);
  const heads = ["task", "metric", "alone", ...shown.map(nameOf)];
  const rows = tasks
    .slice(0, MOST_TASKS)
    .map(({ name, label, better, alone }, t) => [
      shownName(name),
      `${label} (${better} is better)`,
      spreadWords(alone),
      ...shown.map((variant) => spreadWords(variant.tasks[t]!)),
    ]);
  const lines = alignedLines(heads, rows, (text, column, row) =>
    row === undefined ? painter.dim(text) : column === 0 ? painter.bold(text) : text,
  );
  const left = [
    ...(tasks.length > rows.length ? [`${tasks.length - rows.length} more tasks`] : []),
    ...(variants.length > shown.length ? [`${variants.length - shown.length} more variants`] : []),
  ];
  return left.length === 0 ? lines : [...lines, painter.dim(`${left.join(" and ")} in compare.html.`)];
}

const nameOf = ({ name, failed }: VariantRecord): string =>
  shownName(name) + (failed > 0 ? ` (${failed} failed)` : "");

/** Rows under their heads, the first column on the left and the others on the right; row is undefined for the heads. */
export function alignedLines(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  dress: (text: string, column: number, row: number | undefined) => string,
): string[] {
  const plain = rows.map((row) => row.map((text, i) => (i === 0 ? text : plainSigns(text))));
  const widths = heads.map((head, i) =>
    Math.max(displayWidth(head), ...plain.map((row) => displayWidth(row[i] ?? ""))),
  );
  const line = (texts: readonly string[], row?: number): string =>
    texts.map((text, i) => dress(fill(text, widths[i]!, i > 0), i, row)).join("  ");
  return [line(heads), ...plain.map((row, r) => line(row, r))];
}
