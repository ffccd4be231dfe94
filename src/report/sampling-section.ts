import type { RunRecord } from "../run/record.js";
import { html, shorten, type Html } from "./html.js";
import { formatCount, formatNumber, formatShare } from "./numbers.js";

/**
 * How often the rows of each task were drawn; nothing where every row was drawn once an epoch and all tasks have as many
 * labels.
 */
export function samplingSection({ training }: RunRecord): Html | null {
  const { sampling } = training;
  if (sampling === undefined) return null;
  const tasks = Object.entries(sampling.tasks);
  const labels = tasks.reduce((sum, [, { labelled }]) => sum + labelled, 0);
  const uneven = new Set(tasks.map(([, { labelled }]) => labelled)).size > 1;
  if (sampling.policy === "proportional" && !uneven) return null;
  return html`<section id="sampling" aria-labelledby="sampling-title">
    <h2 id="sampling-title">How rows were drawn</h2>
    <p class="lead">${policyWords(sampling)}</p>
    <div class="scroll tall" tabindex="0" role="group" aria-label="Rows drawn per task">
      <table>
        <caption>
          Training rows with a label, and how many of them the batches of one epoch are expected to hold.
        </caption>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col" class="number">Labelled rows</th>
            <th scope="col" class="number">Share of labels</th>
            <th scope="col" class="number">Visits an epoch</th>
            <th scope="col" class="number">Share of visits</th>
          </tr>
        </thead>
        <tbody>
          ${tasks.map(
            ([name, { labelled, visits, share }]) =>
              html`<tr>
                <th scope="row" title="${name}">${shorten(name, 40)}</th>
                <td class="number">${formatCount(labelled)}</td>
                <td class="number">${formatShare(labelled / labels)}</td>
                <td class="number">${formatNumber(visits)}</td>
                <td class="number">${formatShare(share)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** A sampling policy in one sentence. */
export function policyWords({
  policy,
  temperature,
}: Pick<NonNullable<RunRecord["training"]["sampling"]>, "policy" | "temperature">): string {
  if (policy === "proportional") return "Every row with a label was drawn once an epoch.";
  if (policy === "equal") return "Every task was drawn as often as any other.";
  return `A task of n labelled rows was drawn in proportion to n^(1/${formatNumber(temperature)}).`;
}
