import { html, type Html } from "../html.js";
import { formatNumber } from "../numbers.js";
import { heatMap } from "./heat-map.js";

const MOST_NUMBERED = 16;

/** Cosines between task vectors, `[T, T]`: near 1 for tasks the model treats alike, negative for opposed ones. */
export function cosinePlot(tasks: readonly string[], cosine: readonly (readonly number[])[]): Html {
  const numbered = tasks.length <= MOST_NUMBERED;
  const cells = tasks.flatMap((a, row) =>
    tasks.map((b, column) => {
      const value = cosine[row]?.[column] ?? Number.NaN;
      const words = Number.isFinite(value) ? formatNumber(Math.round(value * 100) / 100) : "–";
      return {
        row,
        column,
        strength: row === column ? 0 : value,
        lines: [words],
        title: `${a} and ${b}: ${words}`,
      };
    }),
  );
  const picture = heatMap(cells, {
    label: `Cosines between the vectors of ${tasks.length} tasks.`,
    rows: tasks,
    columns: tasks,
    rowAxis: "",
    columnAxis: "",
    cellSize: numbered ? 52 : 20,
    texts: numbered,
  });
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Relations between tasks">
    ${picture}
  </div>`;
}
