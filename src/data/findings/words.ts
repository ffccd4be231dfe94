import { quoted } from "../cleaning.js";
import type { Column } from "../table.js";

const MOST_NAMED = 5; // things listed by name in one sentence

/** A share in [0, 1] as a percentage: `0.4 %`, `37 %`; never 0 or 100 for what is not. */
export function percent(share: number): string {
  const points = 100 * share;
  if (points > 0 && points < 0.1) return "under 0.1 %";
  if (points < 100 && points > 99.9) return "over 99.9 %";
  return `${points < 10 || points > 99 ? Number(points.toFixed(1)) : Math.round(points)} %`;
}

/** `"a", "b" and 3 more`: names in quotes, the first of them. */
export const namesOf = (columns: readonly Pick<Column, "name">[]): string =>
  listed(columns.map(({ name }) => quoted(name)));

/** `x, y and 3 more`: the first of some words. */
export function listed(words: readonly string[], most = MOST_NAMED): string {
  const shown = words.slice(0, most);
  const rest = words.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** `--ignore a --ignore "b c"`-like text that can be pasted: the names of columns, in one flag. */
export const ignoreFlag = (names: readonly string[]): string =>
  `--ignore ${names.some((name) => name.includes(",")) ? names.map((name) => JSON.stringify(name)).join(" --ignore ") : JSON.stringify(names.join(","))}`;
