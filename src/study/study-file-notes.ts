import { DataError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { InspectedTable } from "../data/inspect.js";
import type { ColumnProfile } from "../data/profile.js";
import { detectTask } from "../tasks/detect.js";
import type { StudyOptions, TaskOptions } from "./options.js";
import type { ColumnNote, StudyNotes } from "./study-file-write.js";

/** The kinds of a study's tasks, and what its file should say about the table. */
export interface StudyDescription {
  /** Tasks with the kind that was set or detected. */
  readonly kinds: Readonly<Record<string, TaskOptions>>;
  readonly notes: StudyNotes;
}

/**
 * Detects the kind of every task and gives each column its role, with reasons.
 *
 * @throws {DataError} if a named column is not there, or a target cannot be learned.
 */
export function describeStudy(
  table: InspectedTable,
  options: StudyOptions,
  proposed: boolean,
): StudyDescription {
  refuseUnknown(table, options);
  const kinds: Record<string, TaskOptions> = {};
  const because: Record<string, string> = {};
  for (const [name, task] of Object.entries(options.tasks)) {
    if (task.kind === "clustering" || task.clusters !== undefined || task.reference !== undefined) {
      kinds[name] = { ...task, kind: "clustering" };
      because[name] = "groups are found in the inputs, no label is read";
      continue;
    }
    const column = table.columns.find((one) => one.name === name)!;
    const found = detectTask(column, { source: table.source, ...(task.kind && { kind: task.kind }) });
    kinds[name] = { ...task, kind: found.kind === "regression" ? "regression" : "classification" };
    because[name] = found.because;
  }
  const columns = table.profiles.map((profile) => noteOf(profile, options));
  const warnings = table.cleaning.map(
    ({ column, action, detail }) => `column ${column}, ${action}: ${detail}`,
  );
  return { kinds, notes: { rows: table.rows, columns, because, proposed, warnings } };
}

function noteOf(profile: ColumnProfile, options: StudyOptions): ColumnNote {
  const [role, why] = roleOf(profile, options);
  const missing = profile.missing > 0 ? `, ${profile.missing} missing` : "";
  const note = [why, profile.why].filter(Boolean).join("; ");
  const { name, type } = profile;
  return { name, type, role, summary: `${profile.summary}${missing}`, ...(note && { note }) };
}

function roleOf(
  { name, type, distinct }: ColumnProfile,
  options: StudyOptions,
): readonly [ColumnNote["role"], string] {
  if (Object.hasOwn(options.tasks, name)) return ["target", ""];
  if (options.ignore.includes(name)) return ["ignored", ""];
  if (options.split.column === name) return ["split", ""];
  if (Object.values(options.tasks).some(({ reference }) => reference === name)) return ["reference", ""];
  if (type === "identifier") return ["set aside", "identifiers are never inputs"];
  if (type === "text") return ["set aside", "free text is not read"];
  return distinct > 1 ? ["input", ""] : ["set aside", distinct === 1 ? "one value only" : "no values"];
}

function refuseUnknown(table: InspectedTable, options: StudyOptions): void {
  const names = table.columns.map(({ name }) => name);
  const targets = Object.entries(options.tasks).filter(
    ([, { kind, clusters }]) => kind !== "clustering" && clusters === undefined,
  );
  const references = Object.values(options.tasks).flatMap(({ reference }) => reference ?? []);
  const wanted = [
    ...targets.map(([name]) => name),
    ...references,
    ...options.ignore,
    ...(options.split.column === undefined ? [] : [options.split.column]),
  ];
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const fix = didYouMean(unknown, names) ?? `The columns are ${names.slice(0, 20).join(", ")}.`;
  throw new DataError({
    where: table.source,
    subject: `column "${unknown}"`,
    problem: "is not in the table",
    fix,
  });
}
