import type { RunRecord } from "../run/record.js";
import { curvesSection } from "./curves.js";
import { dataSection } from "./data-section.js";
import { findingsSection } from "./findings-section.js";
import { html, type Html } from "./html.js";
import { pageFrame } from "./page-frame.js";
import { relationsSection } from "./relations.js";
import { reproducibilitySection } from "./reproducibility.js";
import { resultsSection } from "./results-section.js";
import { samplingSection } from "./sampling-section.js";
import { tasksSection } from "./task-card.js";
import { usageSection } from "./usage.js";
import { verdictSection, warningsSection } from "./verdict-section.js";

/** The report of a run as one HTML page. Equal records give equal bytes. */
export function renderReport(record: RunRecord): string {
  const relations = relationsSection(record);
  return pageFrame({
    kindred: record.kindred,
    name: record.name,
    skipTo: { id: "results", words: "results" },
    main: html`${verdictSection(record)} ${warningsSection(record.warnings)} ${contents(relations !== null)}
    ${resultsSection(record)} ${tasksSection(record)} ${curvesSection(record)} ${samplingSection(record)}
    ${relations} ${dataSection(record.data)} ${findingsSection(record.data)} ${usageSection(record)}
    ${reproducibilitySection(record)}`,
    source: html`<code>record.json</code> of this run`,
  });
}

function contents(relations: boolean): Html {
  const links: readonly (readonly [string, string])[] = [
    ["results", "Results"],
    ["tasks", "Tasks"],
    ["curves", "Curves"],
    ...(relations ? [["relations", "Relations"] as const] : []),
    ["data", "Data"],
    ["findings", "Findings"],
    ["use", "Use"],
    ["again", "Again"],
  ];
  return html`<nav aria-label="Sections">
    <ul>
      ${links.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}
    </ul>
  </nav>`;
}
