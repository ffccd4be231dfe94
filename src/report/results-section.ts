import { testedRows } from "./streamed-words.js";
import type { RunRecord, TaskEvaluation } from "../run/record.js";
import { foldsTable } from "./folds-table.js";
import { html, shorten, type Html } from "./html.js";
import { formatNumber, formatPercent, formatSigned } from "./numbers.js";
import { forestPlot } from "./plots/forest.js";
import { VERDICTS } from "./verdict.js";

/** The table per task and the picture of all gains. */
export function resultsSection(record: RunRecord): Html {
  const { tasks, level, resamples, folds } = record.evaluation;
  const kinds = new Map(record.tasks.map(({ name, kind }) => [name, kind]));
  return html`<section id="results" aria-labelledby="results-title">
    <h2 id="results-title">Together or alone</h2>
    <p class="lead">
      Each task, learnt together with the others by one model and alone by a model of its own, on the same
      test rows.
    </p>
    <div class="scroll" tabindex="0" role="group" aria-label="Results per task">
      <table class="stacking">
        <caption>
          Primary metric per task. Gains are signed so that positive is better; intervals hold
          ${formatNumber(level * 100)} % of ${resamples} bootstrap resamples of
          ${testedRows(record.data.split)}.
        </caption>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Kind</th>
            <th scope="col">Metric</th>
            <th scope="col" class="number">Alone</th>
            <th scope="col" class="number">Together</th>
            <th scope="col" class="number">Gain</th>
            <th scope="col" class="number">Interval</th>
            <th scope="col" class="number">Relative</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          ${tasks.map((task, i) => row(task, kinds.get(task.task) ?? "", i))}
        </tbody>
      </table>
    </div>
    ${
      tasks.length > 0 &&
      html`<figure>
        ${forestPlot(tasks)}
        <figcaption>
          Gain of sharing per task, with its interval. A bar that crosses 0 is no clear difference.
        </figcaption>
      </figure>`
    }
    ${folds && foldsTable(folds, tasks)}
  </section>`;
}

/** A verdict as a small coloured label; the words and the sign carry it without the colour. */
export function verdictChip(verdict: TaskEvaluation["verdict"]): Html {
  const { words, sign } = VERDICTS[verdict];
  return html`<span class="chip ${verdict}"><span aria-hidden="true">${sign}</span> ${words}</span>`;
}

/** "↑ higher is better" as a sign with words for those who hear the page. */
export function direction(better: "lower" | "higher"): Html {
  return html`<span class="arrow" role="img" aria-label="${better} is better" title="${better} is better"
    >${better === "higher" ? "↑" : "↓"}</span
  >`;
}

function row(task: TaskEvaluation, kind: string, index: number): Html {
  const { primary, gain, verdict } = task;
  const alone = formatNumber(task.single[primary.metric]);
  const together = formatNumber(task.multi[primary.metric]);
  return html`<tr>
    <th scope="row" title="${task.task}"><a href="#task-${index + 1}">${shorten(task.task, 40)}</a></th>
    <td data-label="Kind">${kind}</td>
    <td data-label="Metric"><span>${primary.label} ${direction(primary.better)}</span></td>
    <td class="number" data-label="Alone">${verdict === "hurt" ? html`<strong>${alone}</strong>` : alone}</td>
    <td class="number" data-label="Together">
      ${verdict === "helped" ? html`<strong>${together}</strong>` : together}
    </td>
    <td class="number" data-label="Gain">${formatSigned(gain.value)}</td>
    <td class="number quiet" data-label="Interval">${formatSigned(gain.low)} … ${formatSigned(gain.high)}</td>
    <td class="number" data-label="Relative">${formatPercent(gain.percent)}</td>
    <td>${verdictChip(verdict)}</td>
  </tr>`;
}
