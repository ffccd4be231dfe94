import { ConfigError } from "../base/errors.js";
import { type Link, parseLink } from "../relations/links.js";
import type { PreparedTask } from "./plan.js";

/**
 * The links of a study between the tasks that are trained: a link of a target in the long layout is one of each of its tasks.
 * Two targets of the same task column are linked value by value. A task of a target is named `target[value]` or
 * `target[column=value]`; a link with one such name links it to every task that the other side names.
 *
 * @throws {ConfigError} for a link that names neither target nor task, or two targets with different task columns.
 */
export function expandLinks(relations: readonly string[], tasks: readonly PreparedTask[]): Link[] {
  const targets = [...new Set(tasks.map(({ name, part }) => part?.target ?? name))];
  const named = new Map(
    tasks.flatMap((task): [string, PreparedTask][] =>
      task.part
        ? [
            [task.name, task],
            [`${task.part.target}[${task.part.by}=${task.part.value}]`, task],
          ]
        : [],
    ),
  );
  const tasksOf = (name: string): PreparedTask[] => {
    const one = named.get(name);
    if (one !== undefined && !targets.includes(name)) return [one];
    return tasks.filter((task) => (task.part?.target ?? task.name) === name);
  };
  return relations.flatMap((text): Link[] => {
    const { kind, from, to } = parseLink(text, [...targets, ...named.keys()]);
    const [ones, others] = [tasksOf(from), tasksOf(to)];
    const [one, other] = [ones[0]!.part?.by, others[0]!.part?.by];
    const single = [from, to].some((name) => !targets.includes(name));
    if (!single && one !== undefined && other !== undefined && one !== other) {
      throw new ConfigError({
        where: `link ${text}`,
        subject: "two targets",
        problem: `have different task columns, "${one}" and "${other}"`,
        fix: "Link targets of one task column, or one without.",
      });
    }
    const linked = (a: PreparedTask, b: PreparedTask): boolean =>
      single || a.part === undefined || b.part === undefined || a.part.value === b.part.value;
    return ones.flatMap((a) =>
      others.filter((b) => b !== a && linked(a, b)).map((b) => ({ kind, from: a.name, to: b.name })),
    );
  });
}
