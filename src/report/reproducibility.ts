import { canonicalJson } from "../run/canonical-json.js";
import type { RunRecord } from "../run/record.js";
import { html, type Html } from "./html.js";
import { formatCount, formatSeconds } from "./numbers.js";

/** What it takes to get the same numbers again. */
export function reproducibilitySection(record: RunRecord): Html {
  const { environment, model, training } = record;
  const alone = Object.values(training.single).reduce((total, { seconds }) => total + seconds, 0);
  const shape = model.trunk.length > 0 ? model.trunk.join(" × ") : "no hidden layer";
  const facts: readonly (readonly [string, string])[] = [
    ["Seed", String(record.seed)],
    ["Kindred", record.kindred],
    environment.node === "none"
      ? ["Page", environment.platform]
      : ["Node", `${environment.node}, ${environment.platform}`],
    [
      "Runtime",
      `${environment.runtime} (${environment.reason}), ${environment.workers} ${environment.workers === 1 ? "worker" : "workers"}`,
    ],
    [
      "Model",
      `trunk ${shape}${model.blocks === undefined ? "" : ` of ${model.blocks} blocks`}, ${model.members} ${model.members === 1 ? "member" : "members"}, ${formatCount(model.parameters)} parameters`,
    ],
    ...(model.numbers === undefined ? [] : [["Numbers", `${model.numbers} features`] as const]),
    ["Sharing", model.sharing ?? "hard"],
    ["Balancing", model.balancer + conflictWords(training.multi.conflict)],
    ...(model.choices ?? []).map(({ setting, chosen, reason }): readonly [string, string] => [
      `Why ${setting} ${chosen}`,
      reason,
    ]),
    ["Optimiser", model.optimizer],
    [
      "Training",
      `${training.multi.epochs.length} epochs, ${formatCount(training.multi.steps)} steps, ${formatSeconds(training.multi.seconds)}; single-task baselines ${formatSeconds(alone)}`,
    ],
    ["Written", record.created],
  ];
  return html`<section id="again" aria-labelledby="again-title">
    <h2 id="again-title">The same again</h2>
    <dl class="facts">
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <details>
      <summary>Every option of the study</summary>
      <pre
        class="scroll tall"
        tabindex="0"
        role="group"
        aria-label="Options"
      ><code>${canonicalJson(record.study)}</code></pre>
    </details>
  </section>`;
}

/** What a method of balancing met among the tasks' gradients. */
function conflictWords(conflict: RunRecord["training"]["multi"]["conflict"]): string {
  if (!conflict) return "";
  const share = Math.round(100 * conflict.share);
  return `; in the mean step ${share} % of the pairs of tasks pulled against each other in what they share, the smallest cosine being ${conflict.smallest.toFixed(2)}`;
}
