import type { FoldsRecord, TaskEvaluation } from "../run/record.js";
import { html, shorten, type Html } from "./html.js";
import { formatCount, formatPercent, formatSigned } from "./numbers.js";

const MOST_TASKS = 12; // columns that a page has room for

/** How each fold did on its own rows; nothing of it is in the intervals, which are over rows. */
export function foldsTable(folds: FoldsRecord, tasks: readonly TaskEvaluation[]): Html {
  const shown = tasks.slice(0, MOST_TASKS);
  const rest = tasks.length - shown.length;
  return html`<details>
    <summary>Gains by fold</summary>
    <div class="scroll tall" tabindex="0" role="group" aria-label="Gains by fold">
      <table class="compact">
        <caption>
          Every row was tested by models of ${folds.count} folds that did not train on
          it${folds.repeats > 1 && `, ${folds.repeats} times`}; the scores above are of all these predictions.
          The saved model is trained on all rows and was not tested
          itself.${rest > 0 && ` The gains of ${rest} more tasks are in record.json.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Fold</th>
            <th scope="col" class="number">Rows</th>
            <th scope="col" class="number">Δm</th>
            ${shown.map(({ task }) => html`<th scope="col" class="number" title="${task}">${shorten(task, 20)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${folds.each.map(
            ({ repeat, fold, rows, deltaM, gains }) =>
              html`<tr>
                <th scope="row">${fold + 1}${folds.repeats > 1 && ` (repeat ${repeat + 1})`}</th>
                <td class="number">${formatCount(rows)}</td>
                <td class="number">${formatPercent(deltaM)}</td>
                ${shown.map(({ task }) => html`<td class="number">${formatSigned(gains[task])}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
