import { type Html, html } from "./html.js";
import { formatCount } from "./numbers.js";

/** What trainings over several seeds have in common, as records of comparisons and of fronts have it. */
interface OverSeeds {
  readonly seeds: readonly number[];
  readonly tasks: readonly unknown[];
  readonly data: { readonly rows: number; readonly source: string };
}

/** The figures at the head of a page about trainings over several seeds; `what` differs between trainings of one seed. */
export const seedsFigures = ({ seeds, tasks, data }: OverSeeds, what: string): Html =>
  html`<div>
      <dt>Seeds</dt>
      <dd>${seeds.length}</dd>
      <dd class="hint">each with a split of its own, the same for all ${what}</dd>
    </div>
    <div>
      <dt>Tasks</dt>
      <dd>${tasks.length}</dd>
    </div>
    <div>
      <dt>Rows</dt>
      <dd>${formatCount(data.rows)}</dd>
      <dd class="hint">${data.source}</dd>
    </div>`;
