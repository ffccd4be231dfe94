import { countsOf } from "../profile.js";
import type { Finder } from "./finding.js";
import { valuesOf } from "./values.js";
import { namesOf } from "./words.js";

const LEAST_OTHERS = 10; // training rows that differ, fewer than which say next to nothing
const LEAST_ROWS = 200;

/** Inputs that are the same in all but a few training rows. Those that are the same in all are dropped, which is told elsewhere. */
export const nearConstants: Finder = ({ inputs, train }) => {
  if (train.length < LEAST_ROWS) return [];
  const few = inputs.filter((column) => {
    const values = valuesOf(column);
    let first: number | string | null | undefined;
    let other = 0;
    // most columns show early that they vary
    for (const row of train.subarray(0, 2 * LEAST_OTHERS + 1)) {
      first ??= values[row];
      if (values[row] !== first) other++;
    }
    if (other > LEAST_OTHERS) {
      const picked = Array.from(train.subarray(0, LEAST_ROWS), (row) => values[row]!);
      if (Math.max(0, ...countsOf(picked as number[]).values()) < picked.length - LEAST_OTHERS) return false;
    }
    const counts = countsOf(Array.from(train, (row) => values[row]!) as number[]);
    const present = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const others = present - Math.max(0, ...counts.values());
    return present === train.length && others > 0 && others < LEAST_OTHERS;
  });
  if (few.length === 0) return [];
  return [
    {
      kind: "near-constant",
      columns: few.map(({ name }) => name),
      severity: "info",
      found: `${namesOf(few)} ${few.length === 1 ? "has" : "have"} the same value in all but at most ${LEAST_OTHERS - 1} training rows.`,
      done: "nothing: they cost next to nothing",
    },
  ];
};
