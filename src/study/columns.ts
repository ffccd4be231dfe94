import { ConfigError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { type StudyOptions, splitColumn } from "./options.js";

/** True for columns that are never inputs: targets, references, task columns, the split column and what the user ignores. */
export function ignoredColumn(options: StudyOptions, name: string): boolean {
  return roleOf(options, name) !== undefined;
}

/** The role the study gives a column, or undefined when it may be an input. */
export function roleOf(
  options: StudyOptions,
  name: string,
): "target" | "reference" | "task column" | "split" | "ignored" | undefined {
  const task = Object.hasOwn(options.tasks, name) ? options.tasks[name] : undefined;
  if (task && task.kind !== "clustering") return "target";
  if (Object.values(options.tasks).some(({ reference }) => reference === name)) return "reference";
  if (Object.values(options.tasks).some(({ by }) => by === name)) return "task column";
  if (splitColumn(options.split) === name) return "split";
  return options.ignore.includes(name) ? "ignored" : undefined;
}

/**
 * Checks every column the study names.
 *
 * @throws {ConfigError} naming the nearest columns; also when a clustering task has the name of a column, or a reference or
 * the split column is a target as well.
 */
export function refuseUnknownColumns(options: StudyOptions, names: readonly string[], source: string): void {
  const check = (name: string, role: string, setting: readonly string[]): void => {
    if (names.includes(name)) return;
    const fix =
      didYouMean(name, names) ??
      `The columns are ${names.slice(0, 20).join(", ")}${names.length > 20 ? ", …" : ""}.`;
    throw new ConfigError({
      where: source,
      subject: `${role} "${name}"`,
      problem: "is not a column of the table",
      fix,
      setting,
    });
  };
  for (const [name, task] of Object.entries(options.tasks)) {
    if (task.kind !== "clustering") check(name, "target", ["tasks", name]);
    else if (names.includes(name)) {
      throw new ConfigError({
        where: source,
        subject: `clustering task "${name}"`,
        problem: "has the name of a column",
        fix: `Clusters are found, not read: give the task a name of its own, and name the column as its reference (--reference NAME=${name}) if it holds known groups.`,
        setting: ["tasks", name],
      });
    }
    if (task.by !== undefined) check(task.by, "task column", ["tasks", name, "by"]);
    if (task.reference !== undefined) check(task.reference, "reference", ["tasks", name, "reference"]);
  }
  for (const [at, name] of options.ignore.entries()) check(name, "ignored column", ["ignore", String(at)]);
  const split = splitColumn(options.split);
  if (split !== undefined) check(split, "split column", ["split", "column"]);
}
