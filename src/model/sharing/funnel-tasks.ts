import type { SharingShape } from "./architecture.js";

/** Whether a task and its parent have two classes each: the second one is the step that is taken. */
export const isStep = ({ tasks }: SharingShape, task: number, parent: number): boolean =>
  [task, parent].every((t) => tasks[t]!.kind === "binary");

/** What tasks lack for steps of a funnel, as the end of "… needs". */
export function funnelLacks(shape: SharingShape, { steps }: { readonly steps: boolean }): string | undefined {
  const { tasks } = shape;
  const what = steps
    ? "tasks of two classes joined by parent-child links"
    : "tasks joined by parent-child links";
  const linked = tasks.flatMap(({ parents }, t) => parents.map((parent) => [t, parent] as const));
  if (linked.length === 0) return `${what}, such as clicked:bought`;
  const two = tasks.find(({ parents }) => parents.length > 1);
  if (two) return `one parent for a task at most, but ${two.name} has ${two.parents.length}`;
  const odd = steps ? linked.find(([t, parent]) => !isStep(shape, t, parent)) : undefined;
  return odd && `${what}, but ${tasks[odd[1]]!.name}:${tasks[odd[0]]!.name} joins others`;
}
