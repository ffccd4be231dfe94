import { counted, quoted } from "../cleaning.js";
import type { Finding, FindingTarget } from "./finding.js";
import { codeColumn } from "./one-column.js";
import { type RowGroups, groupSizes } from "./row-groups.js";
import { valuesOf } from "./values.js";
import { listed, percent } from "./words.js";

const WORTH_TELLING = 0.005; // share of a target that equal rows leave open
const MUCH = 0.2; // share from which better inputs would help more than a better model

/**
 * What equal inputs with different labels leave open: no model of these inputs alone can do better. Rows that have no equal count
 * as if they could be known, so the true bound is lower.
 */
export function contradictions(groups: RowGroups, targets: readonly FindingTarget[]): Finding[] {
  const repeated = repeatedRows(groups);
  const found = targets
    .map((target) => ({ target, ...(target.classes ? ofClasses : ofAmounts)(target, repeated, groups) }))
    .filter(({ open }) => open >= WORTH_TELLING)
    .toSorted((a, b) => b.open - a.open);
  if (found.length === 0) return [];
  const words = found.map(({ target, open, rows }) => {
    const bound = target.classes
      ? `right in at most ${percent(1 - open)} of all rows`
      : `R² at most ${(1 - open).toFixed(3)}`;
    return `${quoted(target.column.name)} (${counted(rows, "row")}; ${bound})`;
  });
  const much = found[0]!.open >= MUCH;
  return [
    {
      kind: "contradicting-labels",
      columns: found.map(({ target }) => target.column.name),
      severity: "info",
      found: `Rows of equal inputs differ in ${listed(words)}: no model of these inputs can do better here.`,
      done: "nothing: a model learns what is usual for these inputs",
      ...(much && { remedy: "An input that tells these rows apart would help more than any model." }),
    },
  ];
}

/** Rows that share their group, by group: `rows` from `starts[g]` to `starts[g + 1]`. */
interface Repeated {
  readonly rows: Int32Array;
  readonly starts: Int32Array;
}

function repeatedRows(groups: RowGroups): Repeated {
  const sizes = groupSizes(groups);
  const starts = new Int32Array(sizes.length + 1);
  for (let g = 0; g < sizes.length; g++) starts[g + 1] = starts[g]! + (sizes[g]! > 1 ? sizes[g]! : 0);
  const next = starts.slice();
  const rows = new Int32Array(starts.at(-1)!);
  groups.groupOf.forEach((group, row) => {
    if (sizes[group]! > 1) rows[next[group]!++] = row;
  });
  return { rows, starts };
}

interface Open {
  /** Share of the target that the groups leave open. */
  readonly open: number;
  /** Labelled rows in groups whose labels differ. */
  readonly rows: number;
}

function ofClasses({ column }: FindingTarget, { rows, starts }: Repeated, { groupOf }: RowGroups): Open {
  const { codes, levels } = codeColumn(column, Int32Array.from(groupOf.keys()));
  const labelled = codes.reduce((sum, code) => sum + Number(code >= 0), 0);
  const counts = new Int32Array(levels);
  let [lost, torn] = [0, 0];
  for (let g = 0; g + 1 < starts.length; g++) {
    let [all, most] = [0, 0];
    for (let i = starts[g]!; i < starts[g + 1]!; i++) {
      const code = codes[rows[i]!]!;
      if (code < 0) continue;
      all++;
      most = Math.max(most, ++counts[code]!);
    }
    for (let i = starts[g]!; i < starts[g + 1]!; i++) {
      const code = codes[rows[i]!]!;
      if (code >= 0) counts[code] = 0;
    }
    lost += all - most;
    if (most < all) torn += all;
  }
  return { open: labelled === 0 ? 0 : lost / labelled, rows: torn };
}

function ofAmounts({ column }: FindingTarget, { rows, starts }: Repeated): Open {
  const values = valuesOf(column) as ArrayLike<number>;
  let [lost, torn] = [0, 0];
  for (let g = 0; g + 1 < starts.length; g++) {
    if (starts[g] === starts[g + 1]) continue;
    const within = spreadOf(rows.length, (i) => values[rows[i]!]!, starts[g], starts[g + 1]);
    lost += within.squares;
    if (within.differ) torn += within.count;
  }
  const all = spreadOf(values.length, (i) => values[i]!).squares;
  return { open: all > 0 ? lost / all : 0, rows: torn };
}

/** Sum of squares about the mean of the values that are there, by Welford's updates. */
function spreadOf(
  length: number,
  at: (i: number) => number,
  from = 0,
  to = length,
): { readonly squares: number; readonly count: number; readonly differ: boolean } {
  let [count, mean, squares, first, differ] = [0, 0, 0, Number.NaN, false];
  for (let i = from; i < to; i++) {
    const x = at(i);
    if (Number.isNaN(x)) continue;
    if (count === 0) first = x;
    else if (x !== first) differ = true;
    const off = x - mean;
    mean += off / ++count;
    squares += off * (x - mean);
  }
  return { squares, count, differ };
}
