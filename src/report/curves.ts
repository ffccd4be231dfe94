import type { RunRecord } from "../run/record.js";
import { html, shorten, type Html } from "./html.js";
import { member } from "./lookup.js";
import { learningCurve } from "./plots/learning-curve.js";

/** Losses by epoch, one small picture a task, all drawn alike. */
export function curvesSection(record: RunRecord): Html {
  const { multi, single } = record.training;
  return html`<section id="curves" aria-labelledby="curves-title">
    <h2 id="curves-title">Learning curves</h2>
    <p class="lead">
      The multi-task model kept its weights of epoch ${multi.bestEpoch}, the best of ${multi.epochs.length} on
      validation rows.
    </p>
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
            <figcaption title="${name}">${shorten(name, 40)}${aloneBest(record, name)}</figcaption>
            ${learningCurve(name, multi, member(single, name))}
          </figure>`,
      )}
    </div>
  </section>`;
}

function aloneBest(record: RunRecord, task: string): Html | null {
  const single = member(record.training.single, task);
  return single === undefined
    ? null
    : html` <span class="quiet">alone best at epoch ${single.bestEpoch}</span>`;
}
