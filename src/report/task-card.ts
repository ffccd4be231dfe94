import type { RunRecord, TaskEvaluation, TaskRecord } from "../run/record.js";
import { balanceTable } from "./balance-table.js";
import { html, shorten, type Html } from "./html.js";
import { member } from "./lookup.js";
import { formatCount, formatNumber } from "./numbers.js";
import { clustersPlot } from "./plots/clusters.js";
import { confusionPlot } from "./plots/confusion.js";
import { scatterPlot } from "./plots/scatter.js";
import { direction, verdictChip } from "./results-section.js";

/** One card a task: every metric together and alone, and its picture. */
export function tasksSection(record: RunRecord): Html {
  const byName = new Map(record.tasks.map((task) => [task.name, task]));
  return html`<section id="tasks" aria-labelledby="tasks-title">
    <h2 id="tasks-title">Task by task</h2>
    <div class="cards">
      ${record.evaluation.tasks.map((task, i) => taskCard(task, byName.get(task.task), i))}
    </div>
  </section>`;
}

function taskCard(evaluation: TaskEvaluation, task: TaskRecord | undefined, index: number): Html {
  return html`<article
    class="${isWide(evaluation) ? "card wide" : "card"}"
    id="task-${index + 1}"
    aria-labelledby="task-${index + 1}-title"
  >
    <h3 id="task-${index + 1}-title" title="${evaluation.task}">${shorten(evaluation.task, 60)}</h3>
    <p class="under">${verdictChip(evaluation.verdict)} ${task && facts(task)}</p>
    ${metricsTable(evaluation)} ${task?.balance && balanceTable(task, task.balance)}
    <figure>
      ${picture(evaluation, task)}
      <figcaption>${caption(evaluation)}</figcaption>
    </figure>
  </article>`;
}

/** Matrices of many classes take the page's full width. */
function isWide({ plot }: TaskEvaluation): boolean {
  if (plot.type === "confusion") return plot.classes.length > 5;
  return plot.type === "clusters" && plot.reference !== undefined && plot.sizes.length > 5;
}

function facts(task: TaskRecord): Html {
  const classes =
    task.classes === undefined || task.kind === "clustering" ? "" : `, ${task.classes.length} classes`;
  const origin = task.because === "set" ? "as set" : task.because;
  const { train, test } = task.labelled;
  const labels =
    task.kind === "clustering"
      ? ""
      : `; ${formatCount(train)} labelled rows to train, ${formatCount(test)} to test`;
  const scale = task.transform === undefined ? "" : `; ${task.transform}`;
  return html`<span>${task.kind}${classes} (${origin})${labels}${scale}</span>`;
}

function metricsTable(task: TaskEvaluation): Html {
  const known = new Map([...(task.metrics ?? []), task.primary].map((info) => [info.metric, info]));
  const names = [...new Set([...known.keys(), ...Object.keys(task.multi), ...Object.keys(task.single)])];
  const ordered = [task.primary.metric, ...names.filter((name) => name !== task.primary.metric)];
  return html`<table class="compact">
    <caption>
      Metrics on ${formatCount(task.testRows)} test rows
    </caption>
    <thead>
      <tr>
        <th scope="col">Metric</th>
        <th scope="col" class="number">Alone</th>
        <th scope="col" class="number">Together</th>
      </tr>
    </thead>
    <tbody>
      ${ordered.map((name) => {
        const info = known.get(name);
        const primary = name === task.primary.metric;
        return html`<tr class="${primary ? "primary" : ""}">
          <th scope="row">
            ${info?.label ?? name}
            ${info && direction(info.better)}${primary && html` <span class="quiet">decides</span>`}
          </th>
          <td class="number">${formatNumber(member(task.single, name))}</td>
          <td class="number">${formatNumber(member(task.multi, name))}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

function picture({ task, plot }: TaskEvaluation, record: TaskRecord | undefined): Html {
  switch (plot.type) {
    case "confusion":
      return confusionPlot(task, plot.classes, plot.matrix);
    case "scatter":
      return scatterPlot(task, plot.truth, plot.predicted);
    case "clusters":
      return clustersPlot(task, record?.classes ?? [], plot);
  }
  return plot satisfies never;
}

function caption({ plot }: TaskEvaluation): string {
  switch (plot.type) {
    case "confusion":
      return "Test rows by true and predicted class; shares are of the true class.";
    case "scatter":
      return "Test rows; on the dashed line a prediction is exact.";
    case "clusters":
      return plot.reference
        ? "Test rows by cluster, and where the known groups went; shares are of the group."
        : "Test rows by cluster.";
  }
  return plot satisfies never;
}
