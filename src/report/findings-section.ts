import type { DataRecord, FindingRecord } from "../run/record.js";
import { html, shorten, type Html } from "./html.js";

const SEVERITIES = { serious: "serious", warning: "look at it", info: "note" } as const;

/** What was found in the data: what must be looked at in the open, the rest to be opened. */
export function findingsSection(data: DataRecord): Html {
  const findings = data.findings ?? (data.cleaning ?? []).map(ofCleaning);
  const grave = findings.filter(({ severity }) => severity !== "info");
  const notes = findings.filter(({ severity }) => severity === "info");
  return html`<section id="findings" aria-labelledby="findings-title">
    <h2 id="findings-title">What was found in the data</h2>
    <p class="lead">${lead(grave.length, notes.length)}</p>
    ${grave.length > 0 && findingsTable(grave, "To be looked at")}
    ${
      notes.length > 0 &&
      html`<details ${grave.length === 0 && notes.length <= OPEN_NOTES ? "open" : ""}>
        <summary>${notes.length} ${notes.length === 1 ? "note" : "notes"}</summary>
        ${findingsTable(notes, "Notes")}
      </details>`
    }
  </section>`;
}

const OPEN_NOTES = 12; // so few fit a screen

function lead(grave: number, notes: number): string {
  if (grave + notes === 0) return "Nothing that needs a word.";
  if (grave === 0) return "Nothing that must be looked at. Nothing of it was left out in silence.";
  return `${grave === 1 ? "One thing" : `${grave} things`} to be looked at. Nothing is changed in silence: each line says what was done.`;
}

function findingsTable(findings: readonly FindingRecord[], caption: string): Html {
  return html`<div class="scroll tall" tabindex="0" role="group" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">Finding</th>
          <th scope="col">What was found</th>
          <th scope="col">What was done</th>
          <th scope="col">What you can do</th>
        </tr>
      </thead>
      <tbody>
        ${findings.map(findingRow)}
      </tbody>
    </table>
  </div>`;
}

function findingRow({ kind, columns, severity, found, done, remedy }: FindingRecord): Html {
  const chip = severity === "info" ? "chip" : "chip hurt";
  const first = columns[0];
  return html`<tr>
    <th scope="row">
      ${kind.replaceAll("-", " ")}
      ${severity !== "info" && html`<span class="${chip}">${SEVERITIES[severity]}</span>`}
      ${first !== undefined && html`<br /><span class="quiet" title="${columns.join(", ")}">${shorten(first, 32)}${columns.length > 1 && ` and ${columns.length - 1} more`}</span>`}
    </th>
    <td class="words">${found}</td>
    <td class="words">${done}</td>
    <td class="words">${remedy}</td>
  </tr>`;
}

/** A line of cleaning of an earlier version's record. */
const ofCleaning = ({
  column,
  action,
  detail,
}: NonNullable<DataRecord["cleaning"]>[number]): FindingRecord => ({
  kind: action.replaceAll(" ", "-"),
  columns: [column],
  severity: "info",
  found: detail,
  done: action,
});
