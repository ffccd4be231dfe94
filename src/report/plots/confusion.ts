import { html, shorten, type Html } from "../html.js";
import { formatCount, formatShare } from "../numbers.js";
import { heatMap, type HeatCell } from "./heat-map.js";

/** Most classes drawn; the rest are summed into one row and column. */
export const MOST_CLASSES = 12;

/** A matrix of counts, `[rows, columns]`, with the names of both sides. */
export interface CountMatrix {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** Confusion matrix: true classes down, predicted classes across, counts and shares of the true class. */
export function confusionPlot(
  task: string,
  classes: readonly string[],
  matrix: readonly (readonly number[])[],
): Html {
  const order = commonest(matrix.map(sum), MOST_CLASSES);
  const cut = classes.length > order.length;
  const shown = cutMatrix({ rows: classes, columns: classes, counts: matrix }, order, order);
  const note = cut
    ? html`<p class="note">
        The ${order.length} commonest of ${classes.length} classes; the others are summed as “others”.
      </p>`
    : null;
  const label = `Confusion matrix of ${shorten(task, 60)}: true classes down, predicted across. ${agreement(matrix)}`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Confusion matrix">
      ${countMap(shown, { label, rowAxis: "true", columnAxis: "predicted →", share: "of the true class" })}
    </div>
    ${note}`;
}

/** Draws counts with the share each has of its row. */
export function countMap(
  matrix: CountMatrix,
  words: {
    readonly label: string;
    readonly rowAxis: string;
    readonly columnAxis: string;
    readonly share: string;
  },
): Html {
  const cells = matrix.counts.flatMap((counts, row) => {
    const total = sum(counts);
    return counts.map((value, column): HeatCell => {
      const share = total > 0 ? value / total : 0;
      const names = `${matrix.rows[row] ?? ""} → ${matrix.columns[column] ?? ""}`;
      const lines = value === 0 ? ["0"] : [formatCount(value), formatShare(share)];
      return {
        row,
        column,
        strength: share,
        lines,
        title: `${names}: ${value}, ${formatShare(share)} ${words.share}`,
      };
    });
  });
  const widest = Math.max(matrix.columns.length, matrix.rows.length, 1);
  const cellSize = Math.max(44, Math.min(72, Math.floor(240 / widest)));
  return heatMap(cells, { ...words, rows: matrix.rows, columns: matrix.columns, cellSize, texts: true });
}

/** Indices of the largest totals, at most `limit`, in their original order. */
export function commonest(totals: readonly number[], limit: number): number[] {
  return totals
    .map((total, index) => ({ total, index }))
    .sort((a, b) => b.total - a.total || a.index - b.index)
    .slice(0, limit)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
}

/** Keeps some rows and columns; the others are summed into a last one called "others". No count is lost. */
export function cutMatrix(
  matrix: CountMatrix,
  rows: readonly number[],
  columns: readonly number[],
): CountMatrix {
  const rowGroups = groups(matrix.rows.length, rows);
  const columnGroups = groups(matrix.columns.length, columns);
  return {
    rows: rowGroups.map((group, i) => groupName(matrix.rows, group, i, rows)),
    columns: columnGroups.map((group, i) => groupName(matrix.columns, group, i, columns)),
    counts: rowGroups.map((rowGroup) =>
      columnGroups.map((columnGroup) =>
        sum(rowGroup.flatMap((r) => columnGroup.map((c) => matrix.counts[r]?.[c] ?? 0))),
      ),
    ),
  };
}

function groups(length: number, kept: readonly number[]): number[][] {
  const rest = Array.from({ length }, (_, i) => i).filter((i) => !kept.includes(i));
  return [...kept.map((i) => [i]), ...(rest.length > 0 ? [rest] : [])];
}

const groupName = (
  names: readonly string[],
  group: readonly number[],
  i: number,
  kept: readonly number[],
): string => (i < kept.length ? (names[group[0]!] ?? "") : "others");

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + (Number.isFinite(value) ? value : 0), 0);

function agreement(matrix: readonly (readonly number[])[]): string {
  const total = sum(matrix.map(sum));
  const right = sum(matrix.map((row, i) => row[i] ?? 0));
  return `${right} of ${total} rows on the diagonal.`;
}
