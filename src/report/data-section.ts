import type { ColumnRecord, DataRecord } from "../run/record.js";
import { html, shorten, type Html } from "./html.js";
import { formatCount, formatShare } from "./numbers.js";
import { describedRows, streamedWords } from "./streamed-words.js";

/** What became of the data: every column with its role, how rows were divided. */
export function dataSection(data: DataRecord): Html {
  const { split } = data;
  return html`<section id="data" aria-labelledby="data-title">
    <h2 id="data-title">What became of the data</h2>
    <p class="lead">
      ${formatCount(data.rows)} rows and ${data.columns.length} columns from <code>${data.source}</code>.
      Split (${split.how}): ${formatCount(split.train)} to train, ${formatCount(split.validation)} to choose
      the epoch,
      ${split.test === 0 ? "none to test: every row was tested by models of folds that did not train on it" : html`${formatCount(split.test)} to test`}.
      ${streamedWords(split)}
    </p>
    <div class="scroll tall" tabindex="0" role="group" aria-label="Columns">
      <table>
        <caption>
          Columns
        </caption>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">Role</th>
            <th scope="col" class="number">Missing</th>
            <th scope="col" class="number">Distinct</th>
            <th scope="col">Values</th>
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          ${data.columns.map((column) => columnRow(column, describedRows(data)))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function columnRow(column: ColumnRecord, rows: number): Html {
  const missing =
    column.missing === 0
      ? html`<span class="quiet">0</span>`
      : html`${formatCount(column.missing)}
          <span class="quiet">${formatShare(rows > 0 ? column.missing / rows : 0)}</span>`;
  return html`<tr>
    <th scope="row" title="${column.name}">${shorten(column.name, 40)}</th>
    <td>${column.type}</td>
    <td><span class="role ${column.role.replace(" ", "-")}">${column.role}</span></td>
    <td class="number">${missing}</td>
    <td class="number">${formatCount(column.distinct)}</td>
    <td class="words" title="${column.summary}">${shorten(column.summary, 90)}</td>
    <td class="words">${column.note}</td>
  </tr>`;
}
