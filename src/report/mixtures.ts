import type { MixtureRecord } from "../run/record.js";
import { html, shorten, type Html } from "./html.js";

const MOST_NAMED = 6; // choices named for a reader: more are not read
const LEAST_NAMED = 0.01;

/** What tasks read of what they share: a table for each mixture, the largest weights of each reader first. */
export function mixturesTables(mixtures: readonly MixtureRecord[]): Html[] {
  return mixtures.map(
    ({ name, readers, choices, weights }) =>
      html`<div class="scroll" tabindex="0" role="group" aria-label="What is read: ${name}">
        <table>
          <caption>
            What is read: ${name}
          </caption>
          <thead>
            <tr>
              <th scope="col">Reader</th>
              <th scope="col">Reads</th>
            </tr>
          </thead>
          <tbody>
            ${readers.map(
              (reader, i) =>
                html`<tr>
                  <th scope="row">${shorten(reader, 40)}</th>
                  <td>${readWords(choices, weights[i] ?? [])}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`,
  );
}

/** The choices that a reader mixes, with their shares: "expert 2 71 %, expert 1 29 %"; one alone by its name. */
export function readWords(choices: readonly string[], weights: readonly number[]): string {
  const sorted = weights
    .map((weight, i) => ({ weight, name: shorten(choices[i] ?? "", 40) }))
    .toSorted((a, b) => b.weight - a.weight);
  if ((sorted[0]?.weight ?? 0) > 1 - LEAST_NAMED / 2) return sorted[0]!.name;
  const named = sorted.filter(({ weight }) => weight >= LEAST_NAMED).slice(0, MOST_NAMED);
  const words = named.map(({ name, weight }) => `${name} ${Math.round(weight * 100)} %`);
  const rest = sorted.length - named.length;
  return [...words, ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
}
