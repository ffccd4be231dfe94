import type { InspectedTable } from "../data/index.js";
import type { ColumnProfile } from "../data/profile.js";
import { roleOf } from "./columns.js";
import { type StudyOptions, type TaskOptions, splitColumn } from "./options.js";
import { planStudy } from "./plan.js";
import type { ColumnNote, StudyNotes } from "./study-file-write.js";
import { taskColumnHint } from "./task-column-hint.js";

/** The kinds of a study's tasks, and what its file should say about the table. */
export interface StudyDescription {
  /** Tasks with the kind that was set or detected. */
  readonly kinds: Readonly<Record<string, TaskOptions>>;
  readonly notes: StudyNotes;
}

/**
 * Detects the kind of every task and gives each column its role, with reasons.
 *
 * @param how.proposed true when the tasks were not named by the user.
 * @throws {ConfigError} for names that are not in the table; {DataError} if a target cannot be learned.
 */
export function describeStudy(
  table: InspectedTable,
  options: StudyOptions,
  how: { readonly proposed: boolean },
): StudyDescription {
  const plan = planStudy(table, options);
  const kinds = plan.tasks.map(({ name, kind, part }): readonly [string, TaskOptions] => {
    const told = kind === "binary" || kind === "multiclass" ? "classification" : kind;
    return [part?.target ?? name, { ...options.tasks[part?.target ?? name], kind: told }];
  });
  const because = Object.fromEntries(
    plan.tasks.map(({ name, because: why, part }) => {
      const own = plan.tasks.filter((task) => part !== undefined && task.part?.target === part.target).length;
      return part ? [part.target, `${why}; ${own} tasks by ${part.by}`] : [name, why];
    }),
  );
  const cleaned = table.cleaning.map(({ column, action, detail }) =>
    column === "" ? detail : `column ${column}, ${action}: ${detail}`,
  );
  const columns = table.profiles.map((profile) => noteOf(profile, options));
  const warnings = [...plan.warnings, ...cleaned];
  const divided =
    plan.tasks.some(({ part }) => part !== undefined) || splitColumn(options.split) !== undefined;
  const taskColumn = divided ? undefined : taskColumnHint(table, plan.inputs);
  return {
    kinds: Object.fromEntries(kinds),
    notes: { rows: table.rows, columns, because, warnings, ...(taskColumn && { taskColumn }), ...how },
  };
}

function noteOf(profile: ColumnProfile, options: StudyOptions): ColumnNote {
  const { name, type } = profile;
  const [role, because] = [roleOf(options, name) ?? inputRole(profile), setAside(profile)];
  const missing = profile.missing > 0 ? `, ${profile.missing} missing` : "";
  return {
    name,
    type,
    role,
    summary: `${profile.summary}${missing}`,
    note: profile.why || plainReason(profile),
    ...(role === "set aside" && { because }),
  };
}

/** Why a column has its type, where the values say so plainly and the inspection has no more to tell. */
function plainReason({ type, distinct }: ColumnProfile): string {
  const values = distinct === 1 ? "1 distinct value" : `${distinct} distinct values`;
  switch (type) {
    case "numeric":
      return `numbers, ${values}`;
    case "ordinal":
      return `whole numbers, ${values}`;
    case "embedding":
      return `one number of a vector, ${values}`;
    case "boolean":
      return "two values, yes and no in some spelling";
    case "date":
      return "dates";
    case "category":
      return `words, ${values}`;
    case "identifier":
    case "text":
      return values;
    default:
      return type satisfies never;
  }
}

const inputRole = (profile: ColumnProfile): "input" | "set aside" =>
  setAside(profile) ? "set aside" : "input";

/** Why a column without a role is not an input; empty when it is one. */
function setAside({ type, distinct }: ColumnProfile): string {
  if (type === "identifier") return "identifiers are never inputs";
  if (distinct > 1) return "";
  return distinct === 1 ? "one value only" : "no values";
}
