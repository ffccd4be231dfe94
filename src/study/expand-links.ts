import { ConfigError } from "../base/errors.js";
import { type Link, parseLink } from "../relations/links.js";
import type { PreparedTask } from "./plan.js";

/**
 * The links of a study between the tasks that are trained: a link of a target in the long layout is one of each of its tasks.
 * Two targets of the same task column are linked value by value.
 *
 * @throws {ConfigError} for a link that names no target, or two targets with different task columns.
 */
export function expandLinks(relations: readonly string[], tasks: readonly PreparedTask[]): Link[] {
  const targets = [...new Set(tasks.map(({ name, part }) => part?.target ?? name))];
  const tasksOf = (target: string): PreparedTask[] =>
    tasks.filter(({ name, part }) => (part?.target ?? name) === target);
  return relations.flatMap((text): Link[] => {
    const { kind, from, to } = parseLink(text, targets);
    const [ones, others] = [tasksOf(from), tasksOf(to)];
    const [one, other] = [ones[0]!.part?.by, others[0]!.part?.by];
    if (one !== undefined && other !== undefined && one !== other) {
      throw new ConfigError({
        where: `link ${text}`,
        subject: "two targets",
        problem: `have different task columns, "${one}" and "${other}"`,
        fix: "Link targets of one task column, or one without.",
      });
    }
    const linked = (a: PreparedTask, b: PreparedTask): boolean =>
      a.part === undefined || b.part === undefined || a.part.value === b.part.value;
    return ones.flatMap((a) =>
      others.filter((b) => linked(a, b)).map((b) => ({ kind, from: a.name, to: b.name })),
    );
  });
}
