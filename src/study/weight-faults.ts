import { orList } from "./schema-values.js";
import type { Contradiction } from "./contradiction.js";
import type { StudyOptions } from "./options.js";

/** Methods of balance that read the weights of tasks. */
export const WEIGHING_BALANCES: readonly StudyOptions["balance"][] = ["fixed", "stch", "epo"];

/** A weight of a task that the method of balancing would not read. */
export function ofWeights({ balance, tasks }: Pick<StudyOptions, "balance" | "tasks">): Contradiction[] {
  const [name] = Object.entries(tasks).find(([, { weight }]) => weight !== undefined) ?? [];
  if (name === undefined || WEIGHING_BALANCES.includes(balance)) return [];
  const subject = `task "${name}"`;
  const problem = `has a weight, which balance ${balance} does not read`;
  const fix = `Set balance: ${orList(WEIGHING_BALANCES)}, or take weight away.`;
  return [{ path: ["tasks", name, "weight"], parts: { subject, problem, fix } }];
}
