import type { RunRecord, TrainingRecord } from "../run/record.js";
import { html, shorten, type Html } from "./html.js";
import { member } from "./lookup.js";
import { learningCurve } from "./plots/learning-curve.js";

/** Losses by epoch, one small picture a task, all drawn alike. */
export function curvesSection(record: RunRecord): Html {
  const { multi } = record.training;
  return html`<section id="curves" aria-labelledby="curves-title">
    <h2 id="curves-title">Learning curves</h2>
    <p class="lead">${keptWords(multi)}</p>
    <ul class="legend">
      <li><span class="swatch multi" aria-hidden="true"></span>together, validation</li>
      <li><span class="swatch thin" aria-hidden="true"></span>together, training</li>
      <li><span class="swatch single" aria-hidden="true"></span>alone, validation</li>
      <li><span class="swatch best" aria-hidden="true"></span>best epoch together</li>
    </ul>
    <div class="grid">
      ${record.tasks.map(
        ({ name }) =>
          html`<figure class="small">
            <figcaption title="${name}">${shorten(name, 40)}${bestWords(record, name)}</figcaption>
            ${learningCurve(name, multi, member(record.training.single, name))}
          </figure>`,
      )}
    </div>
  </section>`;
}

/** Which epoch's weights the multi-task model kept. */
function keptWords({ bestEpoch, bestEpochs, epochs }: TrainingRecord): string {
  if (!bestEpochs)
    return `The multi-task model kept its weights of epoch ${bestEpoch}, the best of ${epochs.length} on validation rows.`;
  const different = new Set(Object.values(bestEpochs)).size;
  return `The multi-task model kept for each task its weights of the epoch that was best for it on validation rows: ${different} of ${epochs.length} epochs.`;
}

/** The best epochs of a task; that of the multi-task model where tasks have their own. */
function bestWords({ training: { multi, single } }: RunRecord, task: string): Html | null {
  const together = multi.bestEpochs && member(multi.bestEpochs, task);
  const alone = member(single, task)?.bestEpoch;
  if (together === undefined)
    return alone === undefined ? null : html` <span class="quiet">alone best at epoch ${alone}</span>`;
  const rest = alone === undefined ? "" : `, alone at ${alone}`;
  return html` <span class="quiet">together best at epoch ${together}${rest}</span>`;
}
