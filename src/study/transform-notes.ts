import type { Task } from "../tasks/task-kind.js";
import { scaleWords } from "../tasks/transforms/transform-words.js";

const MOST_NAMED = 8; // targets named one by one

/** What to tell of targets that are learned on another scale; nothing when there is none. */
export function transformNotes(tasks: readonly Task[]): string[] {
  const found = tasks.flatMap(({ name, coding }) =>
    coding.kind === "regression" && coding.transform ? [`"${name}" (${scaleWords(coding.transform)})`] : [],
  );
  if (found.length === 0) return [];
  const shown = found.slice(0, MOST_NAMED);
  const rest = found.length - shown.length;
  const names = [...shown, ...(rest > 0 ? [`and ${rest} more, all in the report`] : [])].join("; ");
  return [`Learned on another scale, predicted and scored in their own units: ${names}.`];
}
