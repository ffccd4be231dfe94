import { isSeveral } from "./data-names.js";
import { flowYaml, scalarYaml } from "./flow-yaml.js";
import type { StudyOptions, TaskOptions } from "./options.js";
import { SETTINGS, defaultAt, valueAt } from "./schema.js";
import type { Setting } from "./schema.js";
import { expectedWords } from "./schema-values.js";
import { SETTING_GROUPS } from "./setting-groups.js";
import type { TaskColumnHint } from "./task-column-hint.js";

/** What was found out about one column, for the comments of a study file. */
export interface ColumnNote {
  readonly name: string;
  readonly type: string;
  readonly role: string;
  /** "3 values: Adelie, Gentoo, Chinstrap" or "min … max". */
  readonly summary: string;
  /** Why it has this type. */
  readonly note?: string;
  /** Why it is set aside, for one that is. */
  readonly because?: string;
}

/** What the comments of a study file tell beside the settings. */
export interface StudyNotes {
  readonly rows: number;
  readonly columns: readonly ColumnNote[];
  /** Why each task has its kind, by the task's name. */
  readonly because: Readonly<Record<string, string>>;
  /** True when the tasks are only proposals. */
  readonly proposed: boolean;
  /** A column that may tell which task a row belongs to; absent where none looks like it. */
  readonly taskColumn?: TaskColumnHint;
  /** Lines that must be read before training. */
  readonly warnings: readonly string[];
  /** Where an editor finds the JSON Schema, from the file's folder; absent where no path would work. */
  readonly schema?: string;
}

/**
 * Writes a study file with the reason of every guess beside it; settings left at their default are comments.
 *
 * Parsing the result gives the same options back.
 */
export function writeStudyFile(options: StudyOptions, notes: StudyNotes): string {
  const parts = [
    headLines(notes),
    warningLines(notes),
    [
      "# The table to learn from; a relative path is taken from this file's folder.",
      `data: ${flowYaml(options.data)}`,
      ...(isSeveral(options.data) ? settingLines(at("tableColumn"), options, "") : []),
    ],
    taskLines(options, notes),
    columnLines(notes),
    ...["ignore", "types", "missing", "decimal", "dates", "header", "delimiter", "charset", "relations"].map(
      (path) => settingLines(at(path), options, ""),
    ),
    groupLines("encoding", options),
    groupLines("sharing", options),
    settingLines(at("balance"), options, ""),
    groupLines("balancing", options),
    groupLines("sampling", options),
    groupLines("split", options),
    settingLines(at("stream"), options, ""),
    settingLines(at("seed"), options, ""),
    groupLines("budget", options),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headLines({ schema }: StudyNotes): string[] {
  const hint =
    schema === undefined
      ? "# An editor can check this file and complete its words: npm install kindred here, then kindred init --force."
      : comment(`yaml-language-server: $schema=${schema}`);
  return [
    hint,
    "# A Kindred study: kindred train study.yaml",
    "# Lines that begin with # show defaults; take the # away to change one.",
  ];
}

function warningLines({ warnings }: StudyNotes): string[] {
  return warnings.map((warning) => comment(`Warning: ${warning}`));
}

function taskLines(options: StudyOptions, notes: StudyNotes): string[] {
  const head = notes.proposed
    ? [
        "# Columns to predict. These are only proposals, since none were named: keep the columns whose values you will",
        "# not know for new rows. Tasks help each other when they depend on the same things; two to ten is usual.",
      ]
    : ["# Columns to predict. The kind was taken from the values; change it where the guess is wrong."];
  const tasks = Object.entries(options.tasks).flatMap(([name, task]) => {
    const because = notes.because[name];
    return [`  ${scalarYaml(name)}:${inner(task)}${because ? ` ${comment(because)}` : ""}`];
  });
  return [...head, "tasks:", ...tasks, ...hintLines(options, notes)];
}

/** How a column that may tell tasks apart can be used; nothing is done about it by itself. */
function hintLines({ tasks }: StudyOptions, { taskColumn }: StudyNotes): string[] {
  const [target, task] = Object.entries(tasks).find(([, { kind }]) => kind !== "clustering") ?? [];
  if (taskColumn === undefined || target === undefined || task === undefined) return [];
  const { name, values, rowsEach } = taskColumn;
  const by = `  ${scalarYaml(target)}:${inner({ ...task, by: name })}`;
  return [
    comment(
      `Column ${flowYaml(name)} has ${values} values, half of them with ${rowsEach} rows or more. If each is a task of its own, say so with by:`,
    ),
    comment(by),
    comment(
      "If new rows come from values that are not in this table, keep each value in one part (see split below):",
    ),
    comment(`  split: { kind: group, column: ${flowYaml(name)} }`),
  ];
}

function inner(task: TaskOptions): string {
  const given = Object.entries(task).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ""
    : ` { ${given.map(([key, value]) => `${key}: ${flowYaml(value)}`).join(", ")} }`;
}

function columnLines({ rows, columns }: StudyNotes): string[] {
  const wide = (key: "name" | "type" | "role"): number =>
    Math.min(32, Math.max(0, ...columns.map((column) => column[key].length)));
  const [name, type, role] = [wide("name"), wide("type"), wide("role")];
  const lines = columns.map((column) => {
    const cells = [
      column.name.padEnd(name),
      column.type.padEnd(type),
      column.role.padEnd(role),
      column.summary,
    ];
    const why = [column.because, column.note].filter(Boolean).join("; ");
    return comment(`  ${cells.join("  ")}${why && `; ${why}`}`.trimEnd());
  });
  return [comment(`The columns as they were read, ${rows} rows:`), ...lines, ...setAsideLines(columns)];
}

function setAsideLines(columns: readonly ColumnNote[]): string[] {
  const aside = columns.filter(({ role }) => role === "set aside");
  if (aside.length === 0) return [];
  return [
    comment(
      "Set aside, so neither input nor target (a column of another type can be used: see types below):",
    ),
    ...aside.map(({ name, because = "" }) => comment(`  ${name}: ${because}`)),
  ];
}

function groupLines(group: string, options: StudyOptions): string[] {
  const settings = SETTINGS.filter(({ path }) => path.startsWith(`${group}.`));
  const lines = settings.flatMap((setting) => settingLines(setting, options, "  "));
  const open = lines.some((line) => !line.startsWith("#") && !line.startsWith("  #"));
  return [comment(SETTING_GROUPS[group]!), open ? `${group}:` : `# ${group}:`, ...lines];
}

/** A setting at its default becomes a comment; where there is none, an example of its form does. */
function settingLines(setting: Setting, options: StudyOptions, indent: string): string[] {
  const key = setting.path.split(".").at(-1)!;
  const value = valueAt(options, setting.path);
  const same = JSON.stringify(value) === JSON.stringify(defaultAt(setting.path));
  const doc = `${setting.doc} (${expectedWords(setting.value)})`;
  const line = `${indent}${key}: ${value === undefined ? "" : flowYaml(value)}`.trimEnd();
  if (indent === "") return [comment(`${doc[0]!.toUpperCase()}${doc.slice(1)}.`), same ? `# ${line}` : line];
  return [`${same ? `# ${line}` : line}  ${comment(doc)}`];
}

const at = (path: string): Setting => SETTINGS.find((setting) => setting.path === path)!;

const comment = (text: string): string => `# ${text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")}`;
