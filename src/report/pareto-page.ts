import type { ParetoPoint, ParetoRecord } from "../run/pareto-record.js";
import { spreadWords } from "./comparison-words.js";
import { type Html, html, shorten } from "./html.js";
import { formatNumber } from "./numbers.js";
import { pageFrame } from "./page-frame.js";
import { PARETO_NOTES, onFront, paretoSentence, volumeWords } from "./pareto-words.js";
import { type FrontAxis, paretoPlot } from "./plots/pareto-front.js";
import { seedsFigures } from "./seeds-figures.js";
import { warningsSection } from "./verdict-section.js";

/** A traced front as one HTML page. Equal records give equal bytes. */
export function renderPareto(record: ParetoRecord): string {
  return pageFrame({
    kindred: record.kindred,
    name: record.name,
    skipTo: { id: "front", words: "front" },
    main: html`${head(record)} ${warningsSection(record.warnings)} ${front(record)} ${table(record)}`,
    source: html`<code>pareto.json</code>`,
  });
}

function head(record: ParetoRecord): Html {
  const { points, balance } = record;
  return html`<header>
    <p class="eyebrow">Kindred Pareto front · ${record.created.slice(0, 10)}</p>
    <h1 title="${record.name}">${shorten(record.name, 80)}</h1>
    <p class="verdict">${paretoSentence(record)}</p>
    <dl class="figures">
      <div>
        <dt>Preferences</dt>
        <dd>${points.length}</dd>
        <dd class="hint">read by balance ${balance}</dd>
      </div>
      ${seedsFigures(record, "preferences")}
    </dl>
  </header>`;
}

function front({ tasks, points }: ParetoRecord): Html {
  const pairs = tasks.flatMap((_, i) => tasks.slice(i + 1).map((__, j) => [i, i + 1 + j] as const));
  const axis = (t: number): FrontAxis => {
    const { name, loss, alone } = tasks[t]!;
    return { task: name, loss, alone: alone.mean };
  };
  return html`<section id="front" aria-labelledby="front-title">
    <h2 id="front-title">The front</h2>
    ${pairs.map(([a, b]) => {
      const drawn = points.map((point) => ({
        x: point.test[a]!.mean ?? Number.NaN,
        y: point.test[b]!.mean ?? Number.NaN,
        best: onFront(point),
        title: `preference ${point.name}`,
      }));
      return html`<figure>
        <div class="scroll" tabindex="0" role="group" aria-label="Losses of two tasks">
          ${paretoPlot([axis(a), axis(b)], drawn, tasks.length === 2)}
        </div>
      </figure>`;
    })}
    <p class="note">
      Mean losses on test rows, one point for each preference: full points are on the front, hollow ones are
      dominated. Dashed lines are the losses of the single-task models.
    </p>
  </section>`;
}

function table(record: ParetoRecord): Html {
  const { tasks, points, seeds, environment } = record;
  const heads = (words: string): Html[] =>
    tasks.map(
      ({ name }) => html`<th scope="col" class="number" title="${name}">${shorten(name, 24)}, ${words}</th>`,
    );
  return html`<section id="points" aria-labelledby="points-title">
    <h2 id="points-title">Point by point</h2>
    <div class="scroll" tabindex="0" role="group" aria-label="Losses by preference">
      <table class="compact">
        <caption>
          Mean losses over seeds ± standard deviation. Test: log loss of classes, 1 − R² of amounts.
          Validation: the loss as it is trained.
        </caption>
        <thead>
          <tr>
            ${heads("preference")} ${heads("test")} ${heads("validation")}
            <th scope="col">On the front</th>
            <th scope="col">Best on validation</th>
          </tr>
        </thead>
        <tbody>
          ${points.map((point) => row(point))}
          <tr>
            <th scope="row" colspan="${tasks.length}">alone</th>
            ${tasks.map(({ alone }) => html`<td class="number">${spreadWords(alone)}</td>`)}
            <td colspan="${tasks.length + 2}"></td>
          </tr>
        </tbody>
      </table>
    </div>
    <p class="note">${PARETO_NOTES.front}</p>
    <p class="note">${volumeWords(record)}</p>
    <p class="note">
      Seeds ${seeds.join(", ")}; ${environment.workers} trainings side by side; Node ${environment.node} on
      ${environment.platform}. The study, every option with its value, is in <code>pareto.json</code>.
    </p>
  </section>`;
}

function row(point: ParetoPoint): Html {
  const { preference, test, validation, dominatedBy, bestOnValidation, failed } = point;
  const by = dominatedBy.length > 0 ? `dominated by ${dominatedBy.length}` : "";
  return html`<tr>
    ${preference.map((share) => html`<td class="number">${formatNumber(share)}</td>`)}
    ${[...test, ...validation].map((spread) => html`<td class="number">${spreadWords(spread)}</td>`)}
    <td title="${dominatedBy.join("; ")}">
      ${onFront(point) ? "yes" : by}${failed > 0 && ` (${failed} failed)`}
    </td>
    <td>${bestOnValidation ? "yes" : ""}</td>
  </tr>`;
}
