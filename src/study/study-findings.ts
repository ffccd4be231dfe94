import {
  type Finding,
  type FindingContext,
  type Split,
  type Table,
  columnOf,
  findingsOf,
} from "../data/index.js";
import { type EqualRows, findingsRandom, taskColumns } from "./equal-rows.js";
import type { StudyOptions } from "./options.js";
import { type PreparedTask, targetNames } from "./plan-tasks.js";

/** What is decided of a study when its data is looked through. */
export interface LookedThrough {
  readonly table: Table;
  readonly tasks: readonly PreparedTask[];
  readonly inputs: readonly string[];
  readonly split: Split;
  readonly equal: EqualRows;
}

/** Everything found in a study's data before training, the gravest first. */
export function studyFindings(
  { table, tasks, inputs, split, equal }: LookedThrough,
  options: StudyOptions,
): readonly Finding[] {
  const isAmount = (target: string): boolean =>
    tasks.some(({ name, kind, part }) => (part?.target ?? name) === target && kind === "regression");
  const context: FindingContext = {
    table,
    inputs: inputs.map((name) => columnOf(table, name)),
    targets: targetNames(tasks).map((name) => ({ column: columnOf(table, name), classes: !isAmount(name) })),
    links: options.relations,
    taskColumns: taskColumns(table, tasks),
    ...(equal.repeats && { repeats: equal.repeats }),
    parts: { kind: options.split.kind, split, together: equal.together !== undefined },
    train: split.train,
    random: findingsRandom(options.seed),
  };
  return findingsOf(context);
}

/** A finding as one line: what was found and what can be done. */
export const findingLine = ({ found, remedy }: Finding): string =>
  remedy === undefined ? found : `${found} ${remedy}`;

const SHOWN = 3; // findings told one by one before training

/**
 * What is told of findings before training: the gravest in a line each, then how many there are of each severity.
 *
 * @param planned the warnings of the plan, of which the ones that are no findings are told too.
 */
export function findingNotices(
  findings: readonly Finding[],
  planned: readonly string[],
): { readonly level: "info" | "warning"; readonly text: string }[] {
  const grave = findings.filter(({ severity }) => severity !== "info");
  const lines = new Set(grave.map(findingLine));
  const count = (severity: Finding["severity"]): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const [serious, warnings, notes] = [count("serious"), count("warning"), count("info")];
  const words = [
    serious > 0 && `${serious} serious`,
    warnings > 0 && `${warnings} ${warnings === 1 ? "warning" : "warnings"}`,
    notes > 0 && `${notes} ${notes === 1 ? "note" : "notes"}`,
  ].filter((word) => word !== false);
  return [
    ...planned.filter((text) => !lines.has(text)).map((text) => ({ level: "warning" as const, text })),
    ...grave.slice(0, SHOWN).map((finding) => ({ level: "warning" as const, text: findingLine(finding) })),
    ...(words.length > 0
      ? [
          {
            level: "info" as const,
            text: `Found in the data: ${words.join(", ")}; all of it is in the report.`,
          },
        ]
      : []),
  ];
}
