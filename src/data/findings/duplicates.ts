import { counted } from "../cleaning.js";
import type { Finder, Finding, FindingContext } from "./finding.js";
import { contradictions } from "./contradictions.js";
import { repeatsOf } from "./repeats.js";
import { type RowGroups, groupEqualRows } from "./row-groups.js";
import { percent } from "./words.js";

const TELLING = 0.01; // share of a part from which equal rows change its scores
const LEAST_ROWS = 5;

/** Equal rows: how many there are, what they say about labels, and whether they stand on both sides of the split. */
export const duplicates: Finder = (context) => {
  const { table, inputs, targets, taskColumns = [] } = context;
  const repeats = context.repeats ?? repeatsOf({ ...context, rows: table.rows });
  if (repeats === undefined) return [];
  const { groups, usual } = repeats;
  const whole = groupEqualRows(
    [...inputs, ...taskColumns, ...targets.map(({ column }) => column)],
    table.rows,
  );
  const equal = table.rows - whole.first.length;
  return [
    ...(equal === 0
      ? []
      : [
          {
            kind: "equal-rows",
            columns: [],
            severity: "info" as const,
            found: `${counted(equal, "row")} (${percent(equal / table.rows)}) ${equal === 1 ? "repeats" : "repeat"} an earlier row in all inputs and targets${usual ? "; these are rows of usual values, which come about more than once" : ""}.`,
            done: "nothing: every row counts",
          },
        ]),
    ...contradictions(groups, targets),
    ...(context.parts?.together === true ? keptTogether(groups, usual) : acrossParts(context, groups, usual)),
  ];
};

/** That rows of equal inputs were kept in one part: a warning where they look like copies. */
function keptTogether({ groupOf, first }: RowGroups, usual: boolean): Finding[] {
  const repeated = groupOf.length - first.length;
  const meaning = usual ? "" : `, and not only rows of usual values: ${COPIES}`;
  return [
    {
      kind: "kept-together",
      columns: [],
      severity: usual ? "info" : "warning",
      found: `${counted(repeated, "row")} (${percent(repeated / groupOf.length)}) ${repeated === 1 ? "has" : "have"} the inputs of an earlier row${meaning}.`,
      done: "rows of equal inputs were put into one part, so that none is tested that was trained on",
      ...(!usual && { remedy: "If these are different things that are alike, set --duplicates free." }),
    },
  ];
}

const COPIES = "it looks as if the same things stood in the table more than once";

function acrossParts({ parts }: FindingContext, { groupOf, first }: RowGroups, usual: boolean): Finding[] {
  if (!parts) return [];
  const { split, kind } = parts;
  const inTraining = new Uint8Array(first.length);
  for (const row of split.train) inTraining[groupOf[row]!] = 1;
  const found = (["validation", "test"] as const)
    .map((part) => ({
      part,
      rows: split[part].length,
      known: split[part].reduce((sum, row) => sum + inTraining[groupOf[row]!]!, 0),
    }))
    .filter(({ known }) => known > 0);
  if (found.length === 0) return [];
  const telling = !usual && found.some(({ known, rows }) => known >= LEAST_ROWS && known >= TELLING * rows);
  const shares = found.map(({ part, known, rows }) => `${percent(known / rows)} of the ${part} rows`);
  const known = found.reduce((sum, one) => sum + one.known, 0);
  const meaning = usual
    ? "; these are rows of usual values, which new rows will have too"
    : telling
      ? `, and not only rows of usual values: ${COPIES}, which makes scores better than they will be for new ones`
      : "";
  return [
    {
      kind: "across-split",
      columns: [],
      severity: telling ? "warning" : "info",
      found: `${counted(known, "held-out row")} (${shares.join(", ")}) ${known === 1 ? "has" : "have"} the inputs of a training row${meaning}.`,
      done: "nothing: no row is moved or left out",
      ...(telling &&
        (kind === "random" || kind === "stratified") && {
          remedy:
            "Keep repeated rows together with --duplicates together, or with --split group:NAME if a column names what they are of.",
        }),
    },
  ];
}
