import { ConfigError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import type { TaskOptions } from "../study/options.js";
import { TASK_KINDS, TASK_SETTINGS } from "../study/schema.js";
import { expectedWords, inRange, orList } from "../study/schema-values.js";
import { TRANSFORM_CHOICES, type TransformChoice } from "../tasks/transforms/choices.js";

/** What the command line says about tasks: flags as typed, in order. */
export interface TaskFlags {
  /** `a,b=regression:log,c=clustering:3` */
  readonly tasks?: readonly string[];
  /** Exact names, which may contain commas, colons and equals signs. */
  readonly task?: readonly string[];
  /** `NAME=KIND`, cut at the last equals sign. */
  readonly kind?: readonly string[];
  /** `NAME=TRANSFORM`, cut at the last equals sign. */
  readonly transform?: readonly string[];
  /** `NAME=NUMBER`, cut at the last equals sign. */
  readonly weight?: readonly string[];
  /** `NAME=COLUMN`, cut at the first equals sign whose left side is a task. */
  readonly reference?: readonly string[];
  /** `NAME=COLUMN`, cut as for `reference`; or `COLUMN` alone for every target. */
  readonly by?: readonly string[];
}

/**
 * Tasks from the command line laid over those of a study file.
 *
 * `--tasks` and `--task` replace the file's tasks; `--kind`, `--transform`, `--weight`, `--reference` and `--by` change single tasks.
 *
 * @throws {ConfigError} for a target named twice, an unknown kind or a kind for a task that is not there.
 */
export function tasksFromFlags(
  flags: TaskFlags,
  where: string,
  inFile?: Readonly<Record<string, TaskOptions>>,
): Readonly<Record<string, TaskOptions>> | undefined {
  const named = [
    ...(flags.tasks ?? []).flatMap((list) => list.split(",")).map((item) => taskOf(item.trim(), where)),
    ...(flags.task ?? []).map((name) => [name, {}] as const),
  ];
  const tasks = new Map<string, TaskOptions>();
  for (const [name, options] of named) {
    if (tasks.has(name))
      throw new ConfigError({
        where,
        subject: `task "${name}"`,
        problem: "is named twice",
        fix: "Name it once.",
      });
    tasks.set(name, options);
  }
  if (named.length === 0)
    for (const [name, options] of Object.entries(inFile ?? {})) tasks.set(name, options);
  for (const text of flags.kind ?? []) {
    const [name, kind] = pairOf(text, text.lastIndexOf("="), "--kind", "NAME=KIND", where);
    tasks.set(known(name, tasks, "--kind", where), { ...tasks.get(name), ...kindOf(kind, name, where) });
  }
  for (const text of flags.transform ?? []) {
    const [name, transform] = pairOf(text, text.lastIndexOf("="), "--transform", "NAME=TRANSFORM", where);
    tasks.set(known(name, tasks, "--transform", where), {
      ...tasks.get(name),
      transform: transformOf(transform, name, where),
    });
  }
  for (const text of flags.weight ?? []) {
    const [name, weight] = pairOf(text, text.lastIndexOf("="), "--weight", "NAME=NUMBER", where);
    tasks.set(known(name, tasks, "--weight", where), {
      ...tasks.get(name),
      weight: weightOf(weight, name, where),
    });
  }
  for (const text of flags.reference ?? []) {
    const [name, column] = columnOf(text, [...tasks.keys()], "--reference", where);
    tasks.set(known(name, tasks, "--reference", where), { ...tasks.get(name), reference: column });
  }
  for (const text of flags.by ?? []) {
    if (text.includes("=")) {
      const [name, column] = columnOf(text, [...tasks.keys()], "--by", where);
      tasks.set(known(name, tasks, "--by", where), { ...tasks.get(name), by: column });
      continue;
    }
    for (const [name, task] of tasks) if (task.kind !== "clustering") tasks.set(name, { ...task, by: text });
  }
  return tasks.size > 0 ? Object.fromEntries(tasks) : undefined;
}

function taskOf(item: string, where: string): readonly [string, TaskOptions] {
  const at = item.lastIndexOf("=");
  const name = at < 0 ? item : item.slice(0, at);
  if (name === "") {
    throw new ConfigError({
      where,
      subject: "--tasks",
      expected: "a list of columns such as a,b=classification,c=clustering:3",
      got: `an empty name in "${item}"`,
    });
  }
  return [name, at < 0 ? {} : kindOf(item.slice(at + 1), name, where)];
}

function kindOf(text: string, name: string, where: string): TaskOptions {
  const [word = "", detail, ...rest] = text.split(":");
  const kind = TASK_KINDS.find((one) => one === word);
  if (!kind || rest.length > 0 || (kind === "classification" && detail !== undefined)) {
    const fix =
      didYouMean(word, TASK_KINDS) ??
      "If the column's name contains an equals sign or a comma, use --task NAME and --kind NAME=KIND.";
    throw new ConfigError({
      where,
      subject: `the kind of task "${name}"`,
      expected: orList(TASK_KINDS),
      got: `"${text}"`,
      fix,
    });
  }
  if (detail === undefined) return { kind };
  if (kind === "regression") return { kind, transform: transformOf(detail, name, where) };
  const { value } = TASK_SETTINGS.find((setting) => setting.path === "clusters")!;
  const count = detail === "auto" ? detail : Number(detail === "" ? Number.NaN : detail);
  if (value.type !== "number" || !inRange(value, count)) {
    throw new ConfigError({
      where,
      subject: `the clusters of task "${name}"`,
      expected: expectedWords(value),
      got: `"${detail}"`,
    });
  }
  return { kind, clusters: count };
}

function transformOf(word: string, name: string, where: string): TransformChoice {
  const found = TRANSFORM_CHOICES.find((one) => one === word);
  if (found) return found;
  const fix = didYouMean(word, TRANSFORM_CHOICES);
  throw new ConfigError({
    where,
    subject: `the transform of task "${name}"`,
    expected: orList(TRANSFORM_CHOICES),
    got: `"${word}"`,
    ...(fix && { fix }),
  });
}

function weightOf(text: string, name: string, where: string): number {
  const { value } = TASK_SETTINGS.find((setting) => setting.path === "weight")!;
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (value.type === "number" && inRange(value, number)) return number;
  throw new ConfigError({
    where,
    subject: `the weight of task "${name}"`,
    expected: expectedWords(value),
    got: `"${text}"`,
  });
}

/** A task with a column, `TASK=COLUMN`, cut at the first equals sign whose left side is a task. */
function columnOf(
  text: string,
  names: readonly string[],
  flag: string,
  where: string,
): readonly [string, string] {
  const cuts = [...text.matchAll(/=/g)].map((match) => match.index);
  const at = cuts.find((cut) => names.includes(text.slice(0, cut))) ?? text.indexOf("=");
  return pairOf(text, at, flag, "TASK=COLUMN", where);
}

function pairOf(
  text: string,
  at: number,
  flag: string,
  form: string,
  where: string,
): readonly [string, string] {
  if (at < 1 || at === text.length - 1)
    throw new ConfigError({ where, subject: flag, expected: form, got: `"${text}"` });
  return [text.slice(0, at), text.slice(at + 1)];
}

function known(name: string, tasks: ReadonlyMap<string, TaskOptions>, flag: string, where: string): string {
  if (tasks.has(name)) return name;
  const names = [...tasks.keys()];
  const listed =
    names.length > 0
      ? `The tasks are ${names.map((one) => `"${one}"`).join(", ")}.`
      : "Name tasks with --tasks.";
  throw new ConfigError({
    where,
    subject: flag,
    problem: `names "${name}", which is not a task`,
    fix: didYouMean(name, names) ?? listed,
  });
}
