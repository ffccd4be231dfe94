import type { RunRecord } from "../run/record.js";
import { curvesSection } from "./curves.js";
import { dataSection } from "./data-section.js";
import { findingsSection } from "./findings-section.js";
import { html, shorten, trusted, type Html } from "./html.js";
import { relationsSection } from "./relations.js";
import { reproducibilitySection } from "./reproducibility.js";
import { resultsSection } from "./results-section.js";
import { samplingSection } from "./sampling-section.js";
import { STYLE } from "./style.js";
import { tasksSection } from "./task-card.js";
import { usageSection } from "./usage.js";
import { verdictSection, warningsSection } from "./verdict-section.js";

/**
 * The report of a run as one HTML page: no script, no network, no other file. Equal records give equal bytes.
 *
 * Whatever came from data is escaped; a content security policy forbids scripts and requests besides.
 */
export function renderReport(record: RunRecord): string {
  const relations = relationsSection(record);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Kindred ${record.kindred}" />
        <link rel="icon" href="data:," />
        <title>${shorten(record.name, 60)} · Kindred</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <a class="skip" href="#results">Skip to the results</a>
        <main>
          ${verdictSection(record)} ${warningsSection(record.warnings)} ${contents(relations !== null)}
          ${resultsSection(record)} ${tasksSection(record)} ${curvesSection(record)}
          ${samplingSection(record)} ${relations} ${dataSection(record.data)} ${findingsSection(record.data)}
          ${usageSection(record)} ${reproducibilitySection(record)}
        </main>
        <footer>
          <p>Made by Kindred ${record.kindred} from <code>record.json</code> of this run.</p>
        </footer>
      </body>
    </html> `.markup;
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
