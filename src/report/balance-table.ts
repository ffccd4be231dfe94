import type { LabelBalance, TaskRecord } from "../run/record.js";
import { html, shorten, type Html } from "./html.js";
import { formatCount, formatNumber, formatShare } from "./numbers.js";

const MOST_CLASSES = 8; // classes with a column of their own: more do not fit a card

/** How a task's labels fall on the parts of the split: their number, and their mean or the shares of the classes. */
export function balanceTable(
  { classes = [], labelled }: TaskRecord,
  balance: NonNullable<TaskRecord["balance"]>,
): Html {
  const shown = classes.slice(0, MOST_CLASSES);
  const rest = classes.length - shown.length;
  const heads = classes.length === 0 ? ["Mean"] : shown;
  return html`<table class="compact">
    <caption>
      Labels in each part${rest > 0 && html`, ${formatCount(rest)} more classes not shown`}
    </caption>
    <thead>
      <tr>
        <th scope="col">Part</th>
        <th scope="col" class="number">Labelled</th>
        ${heads.map((head) => html`<th scope="col" class="number" title="${head}">${shorten(head, 12)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${(["train", "validation", "test"] as const).map(
        (part) =>
          html`<tr>
            <th scope="row">${part}</th>
            <td class="number">${formatCount(labelled[part])}</td>
            ${valuesOf(balance[part], heads.length).map((text) => html`<td class="number">${text}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function valuesOf({ mean, shares }: LabelBalance, count: number): string[] {
  return shares ? shares.slice(0, count).map(formatShare) : [formatNumber(mean)];
}
