import { quoted } from "../cleaning.js";
import { type CopyFinding, copiesOf } from "../copies.js";
import { countsOf } from "../profile.js";
import type { Column } from "../table.js";
import type { Finder, Finding, FindingContext, FindingTarget } from "./finding.js";
import { isCertain, LEAST_OTHERS, type Settling, settlings } from "./settling.js";
import { isPresent, valuesOf } from "./values.js";
import { percent } from "./words.js";

/** Inputs from which alone a target can be read: copies, and any other function of one input, be it a step or a merging of values. */
export const givesAway: Finder = (context) => {
  const rare = new Set(context.targets.filter(isRare).map(({ column }) => column.name));
  const copies = copiesOf(
    context.table,
    context.targets.map(({ column }) => column.name),
    context.inputs.map(({ name }) => name),
  );
  const known = new Set(copies.map(({ input, target }) => pairKey(input, target)));
  const found = settlings(context.inputs, context.targets, context.train, context.random.fork("gives-away"));
  return [
    ...copies.map((copy) => ofCopy(copy, rare.has(copy.target))),
    ...found
      .filter(({ by, target }) => !known.has(pairKey(by.name, target.column.name)))
      .map((pair): Finding => ofPair(pair, `Input ${quoted(pair.by.name)}`)),
    ...marks(context),
  ];
};

/** Inputs whose being missing is what tells the target. */
function marks({ inputs, targets, train, random }: FindingContext): Finding[] {
  const columns = inputs.flatMap((column): Column[] => {
    const values = valuesOf(column);
    if (!train.some((row) => !isPresent(values[row]))) return [];
    const numbers = new Float64Array(values.length);
    for (let row = 0; row < numbers.length; row++) if (!isPresent(values[row])) numbers[row] = 1;
    return [{ name: column.name, type: "boolean", numbers }];
  });
  return settlings(columns, targets, train, random.fork("marks")).map((pair) =>
    ofPair(pair, `Whether input ${quoted(pair.by.name)} is missing`),
  );
}

const DONE = "nothing: it may be known when you predict";
const unlessKnown = (input: string): string =>
  `add --ignore ${JSON.stringify(input)} unless it is known when you predict.`;

function ofPair(pair: Settling, subject: string): Finding {
  const [input, target] = [pair.by.name, pair.target.column.name];
  const certain = isCertain(pair);
  return {
    kind: "gives-away",
    columns: [input, target],
    severity: certain ? "serious" : "warning",
    found: `${subject} ${certain ? "gives" : "nearly gives"} the target ${quoted(target)} away: ${evidenceOf(pair)}.`,
    done: DONE,
    remedy: certain
      ? `The scores of ${quoted(target)} say nothing about new rows; ${unlessKnown(input)}`
      : `To be sure of its scores, ${unlessKnown(input)}`,
  };
}

function ofCopy({ input, target, evidence }: CopyFinding, rare: boolean): Finding {
  return {
    kind: "gives-away",
    columns: [input, target],
    severity: rare ? "info" : "serious",
    found: `Input ${quoted(input)} gives the target ${quoted(target)} away: ${evidence}${rare ? `, which may be chance, since the target takes its rarer values in fewer than ${LEAST_OTHERS} rows` : ""}.`,
    done: DONE,
    remedy: rare
      ? `If it is none, ${unlessKnown(input)}`
      : `The scores of ${quoted(target)} say nothing about new rows; ${unlessKnown(input)}`,
  };
}

/** What shows that one column settles a target. */
export function evidenceOf({ share, rows, target }: Omit<Settling, "by">): string {
  const where = `${rows.toLocaleString("en-US")} rows it was not fitted on`;
  if (target.classes && share === 1) return `alone it is right in all ${where}`;
  return target.classes
    ? `alone it avoids ${percent(share)} of the errors of a constant guess, in ${where}`
    : `alone it reaches an R² of ${share >= 0.9999 ? "over 0.9999" : (Math.floor(share * 1e4) / 1e4).toFixed(4)}, in ${where}`;
}

/** True for classes of which all but the commonest are so rare that some column may agree by chance. */
function isRare({ column, classes }: FindingTarget): boolean {
  if (!classes) return false;
  const counts = [...countsOf(valuesOf(column) as ArrayLike<string | null>).values()];
  return counts.reduce((sum, count) => sum + count, 0) - Math.max(0, ...counts) < LEAST_OTHERS;
}

const pairKey = (input: string, target: string): string => JSON.stringify([input, target]);
