import type { Contradiction } from "./contradiction.js";
import type { StudyOptions } from "./options.js";

/** A weight of a task that the method of balancing would not read. */
export function ofWeights({ balance, tasks }: Pick<StudyOptions, "balance" | "tasks">): Contradiction[] {
  const [name] = Object.entries(tasks).find(([, { weight }]) => weight !== undefined) ?? [];
  if (name === undefined || balance === "fixed") return [];
  const subject = `task "${name}"`;
  const problem = `has a weight, which balance ${balance} does not read`;
  const fix = "Set balance: fixed, or take weight away.";
  return [{ path: ["tasks", name, "weight"], parts: { subject, problem, fix } }];
}
