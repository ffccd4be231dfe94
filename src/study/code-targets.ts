import { type PartBalance, type Split, columnOf, splitBalance } from "../data/index.js";
import { type FittedTarget, fitTarget } from "../tasks/fit-target.js";
import { kindOf } from "../tasks/index.js";
import type { ClassCoding, RegressionCoding, Truth } from "../tasks/task-kind.js";
import type { StudyOptions } from "./options.js";
import type { PlannedStudy } from "./plan.js";
import { targetColumn } from "./plan-tasks.js";
import { unevenParts, unlabelledParts } from "./uneven-parts.js";

/** The codings of targets, with the coded truth `[N]` of each. */
export interface CodedTargets {
  /** By the task's name. */
  readonly targets: ReadonlyMap<string, { coding: RegressionCoding | ClassCoding; truth: Truth }>;
  readonly warnings: readonly string[];
}

/**
 * Fits the coding of every target on training rows and codes all rows.
 *
 * Tasks that are parts of one target share its classes, those of all its training rows, and have their own mean and deviation,
 * or shares of the classes.
 *
 * @throws {DataError} as `fitTarget`.
 */
export function codeTargets(plan: PlannedStudy, { tasks }: Pick<StudyOptions, "tasks">): CodedTargets {
  const { table, split } = plan;
  const warnings: string[] = [];
  const wholes = new Map<string, FittedTarget>();
  const wholeOf = (target: string, kind: "binary" | "multiclass"): FittedTarget => {
    const found = wholes.get(target);
    if (found) return found;
    const whole = fitTarget(columnOf(table, target), split.train, kind, { source: table.source });
    warnings.push(...whole.warnings);
    wholes.set(target, whole);
    return whole;
  };
  const targets = new Map<string, { coding: RegressionCoding | ClassCoding; truth: Truth }>();
  const balances = new Map<string, Readonly<Record<keyof Split, PartBalance>>[]>();
  for (const task of plan.tasks) {
    const { kind, part, name } = task;
    if (kind === "clustering") continue;
    const column = targetColumn(table, task);
    const fitted =
      part && kind !== "regression"
        ? wholeOf(part.target, kind)
        : fitTarget(column, split.train, kind, {
            source: table.source,
            transform: tasks[part?.target ?? name]?.transform ?? "auto",
          });
    const truth = kindOf(fitted.coding).truth(fitted.coding, column);
    const classes = fitted.coding.kind === "regression" ? [] : fitted.coding.classes;
    const balance = splitBalance(truth, split, classes.length || undefined);
    if (part === undefined) {
      warnings.push(...fitted.warnings, ...unevenParts(name, balance, classes));
      targets.set(name, { coding: fitted.coding, truth });
      continue;
    }
    balances.set(part.target, [...(balances.get(part.target) ?? []), balance]);
    targets.set(name, { coding: codingOfPart(fitted.coding, balance.train), truth });
  }
  for (const [target, found] of balances) warnings.push(...unlabelledParts(target, found));
  return { targets, warnings };
}

/** A part's coding: its own already where it is of numbers, else the target's with the part's shares of the classes. */
function codingOfPart(
  coding: RegressionCoding | ClassCoding,
  { labelled, shares = [] }: PartBalance,
): RegressionCoding | ClassCoding {
  return coding.kind === "regression" ? coding : { ...coding, priors: shares, labelled };
}
