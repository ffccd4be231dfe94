import type { ComparisonRecord, VariantRecord } from "../run/comparison-record.js";
import {
  RANKING_NOTES,
  comparisonSentence,
  deltaWords,
  pWords,
  spreadWords,
  testNote,
  verdictOf,
} from "./comparison-words.js";
import { html, shorten, type Html } from "./html.js";
import { formatNumber, formatPercent } from "./numbers.js";
import { pageFrame } from "./page-frame.js";
import { forestPlot } from "./plots/forest.js";
import { direction, verdictChip } from "./results-section.js";
import { seedsFigures } from "./seeds-figures.js";
import { warningsSection } from "./verdict-section.js";

/** A comparison as one HTML page. Equal records give equal bytes. */
export function renderComparison(record: ComparisonRecord): string {
  return pageFrame({
    kindred: record.kindred,
    name: record.name,
    skipTo: { id: "ranking", words: "ranking" },
    main: html`${head(record)} ${warningsSection(record.warnings)} ${ranking(record)} ${byTask(record)}
    ${settings(record)}`,
    source: html`<code>compare.json</code>`,
  });
}

function head(record: ComparisonRecord): Html {
  const { variants } = record;
  return html`<header>
    <p class="eyebrow">Kindred comparison · ${record.created.slice(0, 10)}</p>
    <h1 title="${record.name}">${shorten(record.name, 80)}</h1>
    <p class="verdict">${comparisonSentence(record)}</p>
    <dl class="figures">
      <div>
        <dt>Variants</dt>
        <dd>${variants.length}</dd>
        <dd class="hint">tested against ${record.reference}</dd>
      </div>
      ${seedsFigures(record, "variants")}
    </dl>
  </header>`;
}

function ranking(record: ComparisonRecord): Html {
  const { variants } = record;
  return html`<section id="ranking" aria-labelledby="ranking-title">
    <h2 id="ranking-title">Ranking</h2>
    <div class="scroll" tabindex="0" role="group" aria-label="Ranking">
      <table>
        <caption>
          Means over seeds ± their standard deviation. ${testNote(record)}
        </caption>
        <thead>
          <tr>
            <th scope="col">Variant</th>
            <th scope="col" class="number">Mean rank</th>
            <th scope="col" class="number">Δm</th>
            <th scope="col" class="number">Against ${record.reference}</th>
            <th scope="col" class="number">p</th>
            <th scope="col" class="number">p (Holm)</th>
            <th scope="col">Verdict</th>
            <th scope="col" class="number">ms a step</th>
            <th scope="col" class="number">s a training</th>
          </tr>
        </thead>
        <tbody>
          ${variants.map((variant) => variantRow(variant))}
        </tbody>
      </table>
    </div>
    <figure>
      ${forestPlot(variants.map(asGain))}
      <figcaption>
        Mean Δm of each variant over its single-task models, with its corrected 95 % interval.
      </figcaption>
    </figure>
    <p class="note">${RANKING_NOTES.meanRank}</p>
    <p class="note">${RANKING_NOTES.deltaM}</p>
    <p class="note">${RANKING_NOTES.cost}</p>
  </section>`;
}

function variantRow(variant: VariantRecord): Html {
  const { name, meanRank, against, stepMs, seconds, failed } = variant;
  return html`<tr>
    <th scope="row" title="${name}">
      ${shorten(name, 40)}${failed > 0 && html` <span class="quiet">${failed} failed</span>`}
    </th>
    <td class="number">${meanRank.toFixed(2)}</td>
    <td class="number">${deltaWords(variant)}</td>
    <td class="number">${against ? formatPercent(against.difference ?? Number.NaN) : "reference"}</td>
    <td class="number">${pWords(against?.p)}</td>
    <td class="number">${pWords(against?.holm)}</td>
    <td>${against && verdictChip(verdictOf(variant))}</td>
    <td class="number">${formatNumber(stepMs.mean)}</td>
    <td class="number">${formatNumber(seconds.mean)}</td>
  </tr>`;
}

/** Δm as the forest plot reads gains: in percent, of 100. */
function asGain({
  name,
  deltaM: { mean, low, high },
}: VariantRecord): Parameters<typeof forestPlot>[0][number] {
  const value = mean ?? Number.NaN;
  const [from, to] = [low ?? Number.NaN, high ?? Number.NaN];
  return {
    task: name,
    primary: { metric: "percent", label: "percent", better: "higher" },
    single: { percent: 100 },
    gain: { value, percent: value, low: from, high: to },
    verdict: from > 0 ? "helped" : to < 0 ? "hurt" : "neutral",
  };
}

function byTask({ tasks, variants }: ComparisonRecord): Html {
  return html`<section id="tasks" aria-labelledby="tasks-title">
    <h2 id="tasks-title">Task by task</h2>
    <div class="scroll" tabindex="0" role="group" aria-label="Primary metric by task and variant">
      <table class="compact">
        <caption>
          Primary metric on test rows: mean over seeds ± standard deviation.
        </caption>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Metric</th>
            <th scope="col" class="number">Alone</th>
            ${variants.map(({ name }) => html`<th scope="col" class="number" title="${name}">${shorten(name, 24)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${tasks.map(
            ({ name, label, better, alone }, t) =>
              html`<tr>
                <th scope="row" title="${name}">${shorten(name, 40)}</th>
                <td>${label}${direction(better)}</td>
                <td class="number">${spreadWords(alone)}</td>
                ${variants.map((variant) => html`<td class="number">${spreadWords(variant.tasks[t]!)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function settings({ settings: varied, seeds, environment }: ComparisonRecord): Html {
  return html`<section id="settings" aria-labelledby="settings-title">
    <h2 id="settings-title">What was varied</h2>
    <dl>
      ${Object.entries(varied).map(
        ([name, own]) =>
          html`<dt>${name}</dt>
            <dd><code>${JSON.stringify(own)}</code></dd>`,
      )}
    </dl>
    <p class="note">
      Seeds ${seeds.join(", ")}; ${environment.workers} trainings side by side; Node ${environment.node} on
      ${environment.platform}. The study, every option with its value, is in <code>compare.json</code>.
    </p>
  </section>`;
}
