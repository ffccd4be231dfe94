import { partRows } from "./streamed-words.js";
import type { RunRecord } from "../run/record.js";
import { html, shorten, type Html } from "./html.js";
import { formatCount, formatPercent } from "./numbers.js";
import { DELTA_MEANING, verdictSentence } from "./verdict.js";

const MOST_WARNINGS = 6;

/** Title, the verdict in one sentence, and the four numbers that frame it. */
export function verdictSection(record: RunRecord): Html {
  const { deltaM, tasks } = record.evaluation;
  const count = (verdict: string): number => tasks.filter((task) => task.verdict === verdict).length;
  return html`<header>
    <p class="eyebrow">Kindred run · ${record.created.slice(0, 10)}</p>
    <h1 title="${record.name}">${shorten(record.name, 80)}</h1>
    <p class="verdict">${verdictSentence(record, (task) => shorten(task, 32))}</p>
    <dl class="figures">
      <div>
        <dt>Δm</dt>
        <dd class="${tone(deltaM.percent)}">${formatPercent(deltaM.percent)}</dd>
        <dd class="hint">${DELTA_MEANING}</dd>
      </div>
      <div>
        <dt>Tasks</dt>
        <dd>${tasks.length}</dd>
        <dd class="hint">
          ${count("helped")} helped, ${count("neutral")} no clear difference, ${count("hurt")} hurt
        </dd>
      </div>
      <div>
        <dt>Rows</dt>
        <dd>${formatCount(record.data.rows)}</dd>
        <dd class="hint">
          ${partRows(record.data.split, "train")} train, ${partRows(record.data.split, "validation")}
          validation, ${partRows(record.data.split, "test")} test
        </dd>
      </div>
      <div>
        <dt>Parameters</dt>
        <dd>${formatCount(record.model.parameters)}</dd>
        <dd class="hint">
          in one shared model, ${record.model.inputs.length} input
          ${record.model.inputs.length === 1 ? "column" : "columns"}
        </dd>
      </div>
    </dl>
  </header>`;
}

/** What must be read before anything else; nothing when there is no warning. */
export function warningsSection(warnings: readonly string[]): Html | null {
  if (warnings.length === 0) return null;
  const item = (text: string): Html => html`<li>${text}</li>`;
  const rest = warnings.slice(MOST_WARNINGS);
  return html`<aside class="warnings" aria-labelledby="warnings-title">
    <h2 id="warnings-title">
      <span aria-hidden="true">⚠</span>
      ${warnings.length === 1 ? "Read this first" : `Read these ${warnings.length} first`}
    </h2>
    <ul>
      ${warnings.slice(0, MOST_WARNINGS).map(item)}
    </ul>
    ${
      rest.length > 0 &&
      html`<details>
        <summary>${rest.length} more</summary>
        <ul>
          ${rest.map(item)}
        </ul>
      </details>`
    }
  </aside>`;
}

const tone = (percent: number): string => (percent > 0 ? "good" : percent < 0 ? "bad" : "");
