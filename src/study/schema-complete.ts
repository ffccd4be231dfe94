import { ConfigError } from "../base/errors.js";
import { mergedMissing } from "../data/missing.js";
import { type Link, parseLink, taskLevels } from "../relations/links.js";
import { COLUMN_SPLITS, DEFAULT_OPTIONS } from "./options.js";
import type { StudyOptions, TaskOptions } from "./options.js";
import type { PartialStudy } from "./schema.js";
import type { Contradiction } from "./contradiction.js";
import { ofWeights } from "./weight-faults.js";
import { orList } from "./schema-values.js";

/** Lays later parts over earlier ones; whole lists and tasks are replaced, types and grouped settings are merged. */
export function overlay(...parts: readonly PartialStudy[]): PartialStudy {
  return parts.reduce(
    (base, top) => ({
      ...base,
      ...top,
      ...((base.types ?? top.types) ? { types: { ...base.types, ...top.types } } : {}),
      ...((base.encoding ?? top.encoding) ? { encoding: { ...base.encoding, ...top.encoding } } : {}),
      ...(base.missing && top.missing ? { missing: mergedMissing(base.missing, top.missing) } : {}),
      ...((base.sharing ?? top.sharing)
        ? { sharing: overlayTuned(base.sharing ?? {}, top.sharing ?? {}) }
        : {}),
      ...((base.balancing ?? top.balancing)
        ? { balancing: overlayTuned(base.balancing ?? {}, top.balancing ?? {}) }
        : {}),
      ...((base.sampling ?? top.sampling) ? { sampling: { ...base.sampling, ...top.sampling } } : {}),
      ...((base.budget ?? top.budget) ? { budget: { ...base.budget, ...top.budget } } : {}),
      ...((base.split ?? top.split) ? { split: overlaySplit(base.split ?? {}, top.split ?? {}) } : {}),
    }),
    {},
  );
}

/**
 * Fills in the defaults and refuses contradictions.
 *
 * @throws {ConfigError} if data or tasks are missing, or if two settings contradict each other.
 */
export function completeStudy(given: PartialStudy, where: string): StudyOptions {
  if (given.data === undefined) {
    throw new ConfigError({
      where,
      subject: "data",
      expected: "a file",
      got: "nothing",
      fix: "Name the table to learn from.",
    });
  }
  if (given.tasks === undefined || Object.keys(given.tasks).length === 0) {
    throw new ConfigError({
      where,
      subject: "tasks",
      problem: "are missing",
      fix: "Name the columns to predict: --tasks a,b, or tasks: [a, b] in a study file.",
    });
  }
  const study = withDefaults({ ...given, data: given.data, tasks: given.tasks });
  const [first] = contradictions(study);
  if (first) throw new ConfigError({ ...first.parts, where });
  return study;
}

/**
 * Fills in the defaults and checks nothing; a task without a kind is clustering if it has clusters or a reference, and
 * regression if it has a transform.
 */
export function withDefaults(given: PartialStudy & Pick<StudyOptions, "data" | "tasks">): StudyOptions {
  return {
    data: given.data,
    tableColumn: given.tableColumn ?? DEFAULT_OPTIONS.tableColumn,
    tasks: Object.fromEntries(Object.entries(given.tasks).map(([name, task]) => [name, withKind(task)])),
    ignore: given.ignore ?? DEFAULT_OPTIONS.ignore,
    types: given.types ? withWords(given.types) : DEFAULT_OPTIONS.types,
    missing: given.missing ?? DEFAULT_OPTIONS.missing,
    decimal: given.decimal ?? DEFAULT_OPTIONS.decimal,
    dates: given.dates ?? DEFAULT_OPTIONS.dates,
    header: given.header ?? DEFAULT_OPTIONS.header,
    delimiter: given.delimiter ?? DEFAULT_OPTIONS.delimiter,
    charset: given.charset ?? DEFAULT_OPTIONS.charset,
    relations: given.relations ?? DEFAULT_OPTIONS.relations,
    encoding: { ...DEFAULT_OPTIONS.encoding, ...given.encoding },
    sharing: { ...DEFAULT_OPTIONS.sharing, ...given.sharing },
    balance: given.balance ?? DEFAULT_OPTIONS.balance,
    balancing: { ...DEFAULT_OPTIONS.balancing, ...given.balancing },
    sampling: { ...DEFAULT_OPTIONS.sampling, ...given.sampling },
    stream: given.stream ?? DEFAULT_OPTIONS.stream,
    split: { ...DEFAULT_OPTIONS.split, ...given.split },
    budget: { ...DEFAULT_OPTIONS.budget, ...given.budget },
    seed: given.seed ?? DEFAULT_OPTIONS.seed,
  };
}

/** The words of an order may be written as numbers and booleans, which they look like. */
const withWords = (types: StudyOptions["types"]): StudyOptions["types"] =>
  Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, typeof type === "string" ? type : type.map(String)]),
  );

function withKind(task: TaskOptions): TaskOptions {
  if (task.kind !== undefined) return task;
  if (task.clusters !== undefined || task.reference !== undefined) return { ...task, kind: "clustering" };
  return task.transform !== undefined && task.transform !== "auto" ? { ...task, kind: "regression" } : task;
}

/** Every contradiction between the settings of a study, none of which needs the data to be seen. */
export function contradictions(study: StudyOptions): Contradiction[] {
  return [...ofTasks(study), ...ofSplit(study), ...ofLinks(study), ...ofWeights(study)];
}

/** Settings of a group with numbers of a method among them, which are merged by name. */
function overlayTuned<Group extends { readonly options?: Readonly<Record<string, number>> }>(
  base: Group,
  top: Group,
): Group {
  const options = (base.options ?? top.options) && { ...base.options, ...top.options };
  return { ...base, ...top, ...(options && { options }) };
}

function overlaySplit(
  base: Partial<StudyOptions["split"]>,
  top: Partial<StudyOptions["split"]>,
): Partial<StudyOptions["split"]> {
  const { column, ...rest } = { ...base, ...top };
  const renamed = top.kind !== undefined && top.kind !== (base.kind ?? top.kind);
  const dropped =
    top.kind !== undefined && top.column === undefined && (renamed || !COLUMN_SPLITS.includes(top.kind));
  return column === undefined || dropped ? rest : { ...rest, column };
}

function ofTasks(study: StudyOptions): Contradiction[] {
  const found: Contradiction[] = [];
  for (const [name, task] of Object.entries(study.tasks)) {
    const subject = `column "${name}"`;
    if (study.ignore.includes(name)) {
      found.push({
        path: ["ignore"],
        parts: { subject, problem: "is both a task and ignored", fix: "Name it under one of the two." },
      });
    }
    if (study.split.column === name) {
      found.push({
        path: ["split", "column"],
        parts: {
          subject,
          problem: "is both a task and the column that divides the rows",
          fix: "Name it under one of the two.",
        },
      });
    }
    for (const key of ["clusters", "reference"] as const) {
      if (task[key] === undefined || task.kind === undefined || task.kind === "clustering") continue;
      const problem = `has ${key === "clusters" ? "a number of clusters" : "a reference"} and is of kind ${task.kind}`;
      found.push({
        path: ["tasks", name, key],
        parts: {
          subject: `task "${name}"`,
          problem,
          fix: `Only clustering has ${key}: set kind: clustering or take ${key} away.`,
        },
      });
    }
    found.push(...ofTaskColumn(name, study));
    if (task.transform !== undefined && task.kind !== undefined && task.kind !== "regression") {
      found.push({
        path: ["tasks", name, "transform"],
        parts: {
          subject: `task "${name}"`,
          problem: `has a transform and is of kind ${task.kind}`,
          fix: "Only regression has transform: set kind: regression or take transform away.",
        },
      });
    }
    if (task.reference !== undefined && study.ignore.includes(task.reference)) {
      found.push({
        path: ["ignore"],
        parts: {
          subject: `column "${task.reference}"`,
          problem: `is both ignored and the reference of task "${name}"`,
          fix: "A reference is never an input: take it from the ignored ones.",
        },
      });
    }
  }
  return found;
}

/** What contradicts that a target's tasks are told apart by a column. */
function ofTaskColumn(name: string, { tasks, ignore, split }: StudyOptions): Contradiction[] {
  const { by, kind } = tasks[name]!;
  if (by === undefined) return [];
  const path = ["tasks", name, "by"];
  const refuse = (subject: string, problem: string, fix: string): Contradiction[] => [
    { path, parts: { subject, problem, fix } },
  ];
  if (kind === "clustering") {
    const problem = `is a clustering and has a task column, "${by}"`;
    return refuse(`task "${name}"`, problem, "Only a target is divided into tasks: take by away.");
  }
  const column = `column "${by}"`;
  if (Object.hasOwn(tasks, by)) {
    const problem = `is both a task and the column that tells the tasks of "${name}" apart`;
    return refuse(column, problem, "Name it under one of the two.");
  }
  if (ignore.includes(by)) {
    const problem = `is both ignored and the column that tells the tasks of "${name}" apart`;
    return refuse(column, problem, "It is never an input: take it from the ignored ones.");
  }
  if (split.column !== by) return [];
  const problem = `divides the rows and tells the tasks of "${name}" apart, so that no task has both training and test rows`;
  return refuse(column, problem, "Use another split.");
}

function ofSplit({ split, ignore }: StudyOptions): Contradiction[] {
  const found: Contradiction[] = [];
  if (COLUMN_SPLITS.includes(split.kind) && split.column === undefined) {
    found.push({
      path: ["split", "kind"],
      parts: {
        subject: "split",
        problem: `by ${split.kind} needs the column's name`,
        fix: `Write --split ${split.kind}:NAME, or split: { kind: ${split.kind}, column: NAME } in a study file.`,
      },
    });
  }
  if (!COLUMN_SPLITS.includes(split.kind) && split.column !== undefined) {
    found.push({
      path: ["split", "column"],
      parts: {
        subject: "split",
        problem: `is ${split.kind} and names the column "${split.column}"`,
        fix: `Set its kind to ${orList(COLUMN_SPLITS)}, or take the column away.`,
      },
    });
  }
  if (split.column !== undefined && ignore.includes(split.column)) {
    found.push({
      path: ["ignore"],
      parts: {
        subject: `column "${split.column}"`,
        problem: "is both ignored and the column that divides the rows",
        fix: "It is never an input: take it from the ignored ones.",
      },
    });
  }
  if (split.duplicates === "together" && COLUMN_SPLITS.includes(split.kind)) {
    found.push({
      path: ["split", "duplicates"],
      parts: {
        subject: "split",
        problem: `is by ${split.kind} and cannot keep equal rows together besides`,
        fix: "Take duplicates away, or make the split random or stratified.",
      },
    });
  }
  if (split.validation + split.test >= 1) {
    found.push({
      path: ["split", "test"],
      parts: {
        subject: "split",
        problem: `leaves no row for training: validation ${split.validation} and test ${split.test} make ${Number((split.validation + split.test).toFixed(6))}`,
        fix: "Keep their sum below 1.",
      },
    });
  }
  return found;
}

function ofLinks(study: StudyOptions): Contradiction[] {
  const names = Object.keys(study.tasks);
  const divided = names.filter((name) => study.tasks[name]!.by !== undefined);
  const links: Link[] = [];
  const wrong = study.relations.flatMap((link, at) =>
    refused(["relations", String(at)], `link "${link}": `, () => links.push(parseLink(link, names, divided))),
  );
  if (wrong.length > 0) return wrong;
  const all = [...new Set([...names, ...links.flatMap(({ from, to }) => [from, to])])];
  return refused(["relations"], "", () => taskLevels(all, links));
}

/** What a check of the relations room refuses, as a contradiction at a place of the study. */
function refused(path: readonly string[], prefix: string, check: () => unknown): Contradiction[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [{ path, parts: { ...error.parts, subject: `${prefix}${error.parts.subject}` } }];
  }
}
