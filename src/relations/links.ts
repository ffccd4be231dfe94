import { ConfigError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";

/**
 * A relation the user knows of. `parent-child`: the parent's prediction is fed to the child's head. `same-kind`: the two
 * tasks' own parameters are tied by a penalty.
 */
export interface Link {
  readonly kind: "parent-child" | "same-kind";
  readonly from: string;
  readonly to: string;
}

const MARKS = { ":": "parent-child", "~": "same-kind" } as const;

/**
 * Reads `parent:child` or `a~b`. Names may themselves contain the marks: every place is tried at which both sides name a
 * task.
 *
 * @param divided targets with a task column, whose tasks are called `target[value]` or `target[column=value]` whatever the values.
 * @throws {ConfigError} if the text has no mark, names no known task, or links a task to itself.
 */
export function parseLink(text: string, tasks: readonly string[], divided: readonly string[] = []): Link {
  const isTask = (name: string): boolean =>
    tasks.includes(name) ||
    divided.some(
      (target) => name.startsWith(`${target}[`) && name.endsWith("]") && name.length > target.length + 2,
    );
  const places = [...text].flatMap((mark, at) => (mark in MARKS ? [at] : []));
  for (const at of places) {
    const [from, to] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    if (!isTask(from) || !isTask(to)) continue;
    if (from === to) {
      throw new ConfigError({
        where: `link ${text}`,
        subject: "a task",
        problem: "cannot be linked to itself",
        fix: "Name two different tasks.",
      });
    }
    return { kind: MARKS[text[at] as keyof typeof MARKS], from, to };
  }
  throw notALink(text, places[0], tasks, isTask);
}

const MOST_NAMED = 12; // tasks that a message names

function notALink(
  text: string,
  at: number | undefined,
  tasks: readonly string[],
  isTask: (name: string) => boolean,
): ConfigError {
  const more = tasks.length > MOST_NAMED ? ` and ${tasks.length - MOST_NAMED} more` : "";
  const named = `The tasks are ${tasks.slice(0, MOST_NAMED).join(", ")}${more}.`;
  if (at === undefined) {
    return new ConfigError({
      where: `link ${text}`,
      subject: "a link",
      expected: "parent:child or a~b",
      got: `"${text}"`,
      fix: `Write the names of two tasks with : or ~ between them. ${named}`,
    });
  }
  const unknown = [text.slice(0, at).trim(), text.slice(at + 1).trim()].find((name) => !isTask(name))!;
  const fix = [didYouMean(unknown, tasks), named].filter(Boolean).join(" ");
  return new ConfigError({
    where: `link ${text}`,
    subject: `"${unknown}"`,
    problem: "is not a task of this study",
    fix,
  });
}

/** What a link check needs to know of a task. */
export interface LinkedTask {
  readonly name: string;
  readonly kind: string;
  /** Width of its head's output. */
  readonly width: number;
}

/**
 * Checks links against their tasks.
 *
 * @throws {ConfigError} if a same-kind link joins different kinds or widths, a link is given twice (a parent-child and a
 * same-kind link between the same two tasks count as twice), or parent-child links form a cycle.
 */
export function checkLinks(links: readonly Link[], tasks: readonly LinkedTask[]): void {
  const seen = new Map<string, Link>();
  for (const link of links) {
    const key = [link.from, link.to].toSorted().join("\u0000");
    const where = `link ${link.from}${link.kind === "same-kind" ? "~" : ":"}${link.to}`;
    if (seen.has(key)) {
      throw new ConfigError({
        where,
        subject: "these two tasks",
        problem: "are linked twice",
        fix: "Keep one of the links.",
      });
    }
    seen.set(key, link);
    const [a, b] = [link.from, link.to].map((name) => tasks.find((task) => task.name === name)!);
    if (link.kind === "same-kind" && (a!.kind !== b!.kind || a!.width !== b!.width)) {
      throw new ConfigError({
        where,
        subject: "the tasks of a same-kind link",
        expected: "of one kind with the same number of outputs",
        got: `${a!.kind} (${a!.width}) and ${b!.kind} (${b!.width})`,
        fix: `Use ${link.from}:${link.to} to feed one's prediction to the other.`,
      });
    }
  }
  taskLevels(
    tasks.map((task) => task.name),
    links,
  );
}

/**
 * Level of each task in the order of the parent-child links: 0 without parents, else one more than its highest parent.
 *
 * @throws {ConfigError} if the links form a cycle.
 */
export function taskLevels(tasks: readonly string[], links: readonly Link[]): number[] {
  const parents = new Map(
    tasks.map((name) => [
      name,
      links.filter((l) => l.kind === "parent-child" && l.to === name).map((l) => l.from),
    ]),
  );
  const level = (name: string, path: readonly string[]): number => {
    if (path.includes(name)) {
      const cycle = [...path.slice(path.indexOf(name)), name].join(" → ");
      throw new ConfigError({
        where: "links",
        subject: "parent-child links",
        problem: `form a cycle: ${cycle}`,
        fix: "Remove one of them.",
      });
    }
    return Math.max(-1, ...parents.get(name)!.map((parent) => level(parent, [...path, name]))) + 1;
  };
  return tasks.map((name) => level(name, []));
}

/**
 * What a link does to the model, in words for the report.
 *
 * @param takenBy title of the way of sharing, where parent-child links are its own matter.
 */
export function linkEffect(link: Link, takenBy?: string): string {
  if (link.kind !== "parent-child")
    return `a penalty pulls the heads and embeddings of ${link.from} and ${link.to} together`;
  return takenBy === undefined
    ? `the prediction of ${link.from} is an input of the head of ${link.to}`
    : `${takenBy} leads from ${link.from} to ${link.to}`;
}
