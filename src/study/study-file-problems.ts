import type * as z from "zod/mini";
import type { ErrorParts } from "../base/errors.js";
import { SETTINGS, TASK_SETTINGS } from "./schema.js";
import type { Setting } from "./schema.js";
import { expectedWords, gotWords, typeWords, widthWords } from "./schema-values.js";
import { keyFix, mapFix, valueFix } from "./study-file-fixes.js";

/** A mistake found in a study file, before its place in the text is known. */
export interface FoundProblem {
  /** Keys from the root to the value at fault, or to the map that holds an unknown key. */
  readonly path: readonly string[];
  /** The unknown key itself. */
  readonly key?: string;
  readonly parts: Omit<ErrorParts, "where">;
  /** Offset in the text, in UTF-16 units. */
  readonly offset?: number;
}

const MOST = 100; // mistakes of a file that are put into words

/** Puts what the schema found into our own words, with the nearest known word where one was misspelt. */
export function schemaProblems(error: Pick<z.core.$ZodError, "issues">, plain: unknown): FoundProblem[] {
  return unfold(error.issues, [])
    .slice(0, MOST)
    .flatMap(({ path, issue }) => worded(path, issue, plain));
}

type Issue = z.core.$ZodIssue;
type Placed = { path: readonly string[]; issue: Issue };

/** Of the branches of a union, follows the one that got furthest into the value. */
function unfold(issues: readonly Issue[], prefix: readonly string[]): Placed[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path.map(String)];
    if (issue.code !== "invalid_union") return [{ path, issue }];
    const branches = issue.errors.map((branch) => unfold(branch, path));
    const depth = (branch: readonly Placed[]): number => Math.max(0, ...branch.map((one) => one.path.length));
    const deepest = branches.toSorted((a, b) => depth(b) - depth(a))[0];
    return deepest && depth(deepest) > path.length
      ? deepest
      : (unknownKeys(branches, path) ?? [{ path, issue }]);
  });
}

function unknownKeys(
  branches: readonly (readonly Placed[])[],
  path: readonly string[],
): Placed[] | undefined {
  const branch = branches.find((one) => one.some(({ issue }) => issue.code === "unrecognized_keys"));
  return branch?.filter((one) => one.path.length === path.length && one.issue.code === "unrecognized_keys");
}

function worded(path: readonly string[], issue: Issue, plain: unknown): FoundProblem[] {
  if (issue.code === "unrecognized_keys") {
    const known = knownKeys(path);
    return issue.keys.slice(0, MOST).map((key) => ({
      path,
      key,
      parts: {
        subject: `the key "${key}"`,
        problem: "is not known",
        fix: keyFix(key, path, known, valueOf(plain, [...path, key])),
      },
    }));
  }
  const got = valueOf(plain, path);
  if (path.length === 0) {
    const fix =
      "Write data: table.csv and tasks: [price], or let kindred init write a study file from a table.";
    return [
      {
        path,
        parts: { subject: "the study", expected: "a map with data and tasks", got: gotWords(got), fix },
      },
    ];
  }
  const at = (parts: FoundProblem["parts"]): FoundProblem[] => [{ path, parts }];
  if (issue.code === "invalid_key") {
    const fix = "Name the column, in quotes where it has signs.";
    const [key, parts] = [path.at(-1)!, { subject: "the key", expected: "the name of a column", fix }];
    return [{ path: path.slice(0, -1), key, parts: { ...parts, got: gotWords(key) } }];
  }
  const setting = settingOf(path);
  if (got === undefined) {
    return at({ subject: "the value", problem: "is missing", fix: `Say ${setting?.doc ?? "what it is"}.` });
  }
  const item = setting !== undefined && isItem(setting, path);
  if (setting === undefined || isTask(setting, path, plain)) {
    const expected = "a map of settings";
    return at({ subject: "the value", expected, got: gotWords(got), fix: mapFix(path, got) });
  }
  const expected = item ? itemWords(setting) : expectedWords(setting.value);
  return at({ subject: "the value", expected, got: gotWords(got), fix: valueFix(setting, got, item) });
}

/** True for an item of a list or map that is the value of a setting. */
function isItem(setting: Setting, path: readonly string[]): boolean {
  const own = path[0] === "tasks" && setting.path !== "tasks" ? 3 : setting.path.split(".").length;
  return path.length > own;
}

/** True for the settings of one task where tasks are a map. */
function isTask(setting: Setting, path: readonly string[], plain: unknown): boolean {
  return setting.path === "tasks" && path.length === 2 && !Array.isArray(valueOf(plain, ["tasks"]));
}

function itemWords({ value }: Setting): string {
  if (value.type === "types") return typeWords(value.choices);
  if (value.type === "widths") return widthWords;
  if (value.type === "data") return "a file";
  return value.type === "tasks" ? "a column name" : "a text";
}

function settingOf(path: readonly string[]): Setting | undefined {
  if (path[0] === "tasks" && path.length > 2)
    return TASK_SETTINGS.find((setting) => setting.path === path[2]);
  for (let length = path.length; length > 0; length -= 1) {
    const setting = SETTINGS.find((one) => one.path === path.slice(0, length).join("."));
    if (setting) return setting;
  }
  return undefined;
}

function knownKeys(path: readonly string[]): string[] {
  if (path[0] === "tasks") return TASK_SETTINGS.map((setting) => setting.path);
  const prefix = path.length === 0 ? "" : `${path.join(".")}.`;
  const inside = SETTINGS.filter((setting) => setting.path.startsWith(prefix));
  return [...new Set(inside.map((setting) => setting.path.slice(prefix.length).split(".")[0]!))];
}

function valueOf(plain: unknown, path: readonly string[]): unknown {
  let value = plain;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
