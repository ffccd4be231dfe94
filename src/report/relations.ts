import type { LinkRecord, RunRecord } from "../run/record.js";
import { html, shorten, type Html } from "./html.js";
import { cosinePlot } from "./plots/cosine.js";

/** How tasks relate: cosines of their learnt vectors, and the links the user set. */
export function relationsSection(record: RunRecord): Html | null {
  const { relations, links } = record;
  if (relations.tasks.length < 2 && links.length === 0) return null;
  return html`<section id="relations" aria-labelledby="relations-title">
    <h2 id="relations-title">How the tasks relate</h2>
    ${
      relations.tasks.length > 1 &&
      html`<figure>
        ${cosinePlot(relations.tasks, relations.cosine)}
        <figcaption>
          Cosine of the tasks’ learnt vectors: near 1 the model treats two tasks alike, near 0 apart, below 0
          as opposites. It describes this model, it does not prove a cause.
        </figcaption>
      </figure>`
    }
    ${links.length > 0 ? linksTable(links) : html`<p class="note">No links between tasks were set.</p>`}
  </section>`;
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
