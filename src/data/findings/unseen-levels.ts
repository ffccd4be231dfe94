import { quoted } from "../cleaning.js";
import { isNumberColumn } from "../table.js";
import type { Finder } from "./finding.js";
import { listed, percent } from "./words.js";

const TELLING = 0.05; // share of a part's rows

/** Levels of categories that validation or test rows have and training rows lack. */
export const unseenLevels: Finder = ({ inputs, parts }) => {
  if (!parts) return [];
  const { split, kind } = parts;
  const found = inputs
    .flatMap((column) => {
      if (isNumberColumn(column) || column.type !== "category") return [];
      const known = new Set<string | null>();
      for (const row of split.train) known.add(column.strings[row] ?? null);
      const unseen = new Set<string | null>();
      const shares = (["validation", "test"] as const).map((part) => {
        let count = 0;
        for (const row of split[part]) {
          const level = column.strings[row] ?? null;
          if (known.has(level)) continue;
          count++;
          unseen.add(level);
        }
        return count / Math.max(1, split[part].length);
      });
      return unseen.size === 0 ? [] : [{ name: column.name, levels: unseen.size, shares }];
    })
    .toSorted((a, b) => Math.max(...b.shares) - Math.max(...a.shares));
  if (found.length === 0) return [];
  const words = found.map(
    ({ name, levels, shares: [validation, test] }) =>
      `${quoted(name)} ${levels} (${percent(validation!)} of the validation rows, ${percent(test!)} of the test rows)`,
  );
  const many = Math.max(...found[0]!.shares) >= TELLING && (kind === "random" || kind === "stratified");
  return [
    {
      kind: "unseen-levels",
      columns: found.map(({ name }) => name),
      severity: many ? "warning" : "info",
      found: `Held-out rows have levels of categories that no training row has: ${listed(words)}.`,
      done: "they share the place of unseen and rare levels",
      ...(many && {
        remedy: "A column of so many levels tells little about new rows; coarser groups would tell more.",
      }),
    },
  ];
};
