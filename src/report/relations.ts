import type { LinkRecord, RunRecord } from "../run/record.js";
import { html, shorten, type Html } from "./html.js";
import { formatNumber } from "./numbers.js";
import { mixturesTables } from "./mixtures.js";
import { cosinePlot } from "./plots/cosine.js";

const MOST_MAPPED = 48; // tasks of a readable map; its cells grow with their square

/** How tasks relate: cosines of their learnt vectors, what they read of what is shared, and the links the user set. */
export function relationsSection(record: RunRecord): Html | null {
  const { relations, links, mixtures = [] } = record;
  if (relations.tasks.length < 2 && links.length === 0) return null;
  return html`<section id="relations" aria-labelledby="relations-title">
    <h2 id="relations-title">How the tasks relate</h2>
    ${
      relations.tasks.length > 1 &&
      html`<figure>
        ${
          relations.tasks.length > MOST_MAPPED
            ? pairsTable(relations)
            : cosinePlot(relations.tasks, relations.cosine)
        }
        <figcaption>
          Cosine of the tasks’ learnt vectors: near 1 the model treats two tasks alike, near 0 apart, below 0
          as opposites. It describes this model, it does not prove a cause.
        </figcaption>
      </figure>`
    }
    ${
      mixtures.length > 0 &&
      html`${mixturesTables(mixtures)}
        <p class="note">Means over rows and members. Tasks that read the same things share them.</p>`
    }
    ${links.length > 0 ? linksTable(links) : html`<p class="note">No links between tasks were set.</p>`}
  </section>`;
}

const MOST_PAIRS = 12; // pairs shown at either end

/** Of many tasks the pairs most alike and most unlike. */
function pairsTable({ tasks, cosine }: RunRecord["relations"]): Html {
  const pairs = tasks
    .flatMap((a, i) => tasks.slice(0, i).map((b, j) => ({ a: b, b: a, value: cosine[i]?.[j] ?? Number.NaN })))
    .filter(({ value }) => Number.isFinite(value))
    .toSorted((one, other) => other.value - one.value);
  const rows = (found: typeof pairs): Html[] =>
    found.map(
      ({ a, b, value }) =>
        html`<tr>
          <th scope="row">${shorten(a, 40)} ~ ${shorten(b, 40)}</th>
          <td class="number">${formatNumber(Math.round(value * 100) / 100)}</td>
        </tr>`,
    );
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Relations between tasks">
    <table>
      <caption>
        The pairs most alike and most unlike among ${tasks.length} tasks; all cosines are in record.json.
      </caption>
      <thead>
        <tr>
          <th scope="col">Tasks</th>
          <th scope="col" class="number">Cosine</th>
        </tr>
      </thead>
      <tbody>
        ${rows(pairs.slice(0, MOST_PAIRS))} ${rows(pairs.slice(-MOST_PAIRS))}
      </tbody>
    </table>
  </div>`;
}

function linksTable(links: readonly LinkRecord[]): Html {
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Links">
    <table>
      <caption>
        Links between tasks
      </caption>
      <thead>
        <tr>
          <th scope="col">Link</th>
          <th scope="col">Kind</th>
          <th scope="col">What it does</th>
        </tr>
      </thead>
      <tbody>
        ${links.map(
          ({ from, to, kind, effect }) =>
            html`<tr>
              <th scope="row">
                ${shorten(from, 40)} ${kind === "parent-child" ? "→" : "~"} ${shorten(to, 40)}
              </th>
              <td>${kind}</td>
              <td>${effect}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
