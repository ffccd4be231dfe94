import { quoted } from "../cleaning.js";
import type { Finder } from "./finding.js";
import { codeColumn } from "./one-column.js";
import { isPresent, valuesOf } from "./values.js";
import { listed, percent } from "./words.js";

const TINY = 10; // training rows of a class, fewer than which teach little
const ONE_SIDED = 0.95; // share of the commonest class from which being right says little

/** Classes with few training rows, and targets that are nearly always of one class. */
export const classSizes: Finder = ({ targets, train }) => {
  const sized = targets
    .filter(({ classes }) => classes)
    .map(({ column }) => ({ column, ...sizesIn(column, train) }));
  const tiny = sized.flatMap(({ column, sizes }) =>
    sizes.filter(({ rows }) => rows < TINY).map((size) => ({ name: column.name, ...size })),
  );
  const oneSided = sized.filter(({ share }) => share >= ONE_SIDED).toSorted((a, b) => b.share - a.share);
  return [
    ...(tiny.length === 0
      ? []
      : [
          {
            kind: "small-classes",
            columns: [...new Set(tiny.map(({ name }) => name))],
            severity: "warning" as const,
            found: `${tiny.length === 1 ? "One class has" : `${tiny.length} classes have`} fewer than ${TINY} training rows: ${listed(tiny.map(({ name, label, rows }) => `${quoted(name)} is ${quoted(label)} in ${rows}`))}.`,
            done: "nothing: they are learned as far as that goes",
            remedy:
              "Merge such classes with others if you can; --split stratified keeps their shares in every part.",
          },
        ]),
    ...(oneSided.length === 0
      ? []
      : [
          {
            kind: "one-sided-classes",
            columns: oneSided.map(({ column }) => column.name),
            severity: "info" as const,
            found: `Nearly all labelled training rows are of one class: ${listed(oneSided.map(({ column, most, share }) => `${quoted(column.name)} is ${quoted(most)} in ${percent(share)}`))}.`,
            done: "nothing: the log loss decides, which reads every probability",
            remedy: "Accuracy says little here; read log loss and AUC.",
          },
        ]),
  ];
};

interface Sizes {
  /** Classes with the fewest training rows first. */
  readonly sizes: readonly { readonly label: string; readonly rows: number }[];
  readonly most: string;
  /** Share of the commonest class. */
  readonly share: number;
}

function sizesIn(column: Parameters<typeof codeColumn>[0], train: Int32Array): Sizes {
  const values = valuesOf(column);
  const { codes, levels } = codeColumn(column, train);
  const sizes = Array.from({ length: levels }, () => ({ label: "", rows: 0 }));
  codes.forEach((code, i) => {
    if (code < 0) return;
    sizes[code]!.rows++;
    const value = values[train[i]!];
    if (sizes[code]!.label === "" && isPresent(value)) sizes[code]!.label = String(value);
  });
  sizes.sort((a, b) => a.rows - b.rows);
  const labelled = sizes.reduce((sum, { rows }) => sum + rows, 0);
  const last = sizes.at(-1);
  return { sizes, most: last?.label ?? "", share: last ? last.rows / labelled : 0 };
}
