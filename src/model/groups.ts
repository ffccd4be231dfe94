import { taskLevels } from "../relations/links.js";
import { kindOf } from "../tasks/index.js";
import type { TaskKind } from "../tasks/task-kind.js";
import type { ModelSpec } from "./spec.js";

/**
 * Tasks whose heads have one shape and one loss: their heads are one stacked tensor, so that a thousand tasks cost no more
 * nodes than two.
 */
export interface TaskGroup {
  /** Name in parameter and layer names, such as `regression-1`, `multiclass-3.level1` or `clustering-10to3`. */
  readonly name: string;
  readonly kind: TaskKind;
  /** Indices of the group's tasks in the spec. */
  readonly tasks: readonly number[];
  /** 0 for tasks without parents; a task is evaluated after its parents. */
  readonly level: number;
  /** Head output width W. */
  readonly width: number;
  /** Coded target width V. */
  readonly targetWidth: number;
  /** First column of the group in the label table `[N, Σ G·V]` and in the mask `[N, T]`. */
  readonly targetOffset: number;
  readonly maskOffset: number;
}

/** The groups of a model, lowest level first; the order of tasks in labels, masks and losses is the order of the groups. */
export function taskGroups(spec: ModelSpec): TaskGroup[] {
  const levels = taskLevels(
    spec.tasks.map((task) => task.name),
    spec.links,
  );
  const keyed = new Map<string, { level: number; tasks: number[] }>();
  spec.tasks.forEach((task, t) => {
    const kind = kindOf(task.coding);
    const level = levels[t]!;
    const target = kind.targetWidth(task.coding);
    const widths = `${kind.outputWidth(task.coding)}${target > 1 ? `to${target}` : ""}`;
    const stack = `${kind.slug}-${widths}${level > 0 ? `.level${level}` : ""}`;
    const entry = keyed.get(stack) ?? { level, tasks: [] };
    entry.tasks.push(t);
    keyed.set(stack, entry);
  });
  let [targetOffset, maskOffset] = [0, 0];
  return [...keyed]
    .toSorted(([, a], [, b]) => a.level - b.level)
    .map(([name, { level, tasks }]) => {
      const { coding } = spec.tasks[tasks[0]!]!;
      const kind = kindOf(coding);
      const group = {
        name,
        kind,
        tasks,
        level,
        width: kind.outputWidth(coding),
        targetWidth: kind.targetWidth(coding),
        targetOffset,
        maskOffset,
      };
      targetOffset += tasks.length * group.targetWidth;
      maskOffset += tasks.length;
      return group;
    });
}

/** Task indices in the order of the groups: position i of losses and masks belongs to task `order[i]`. */
export const groupOrder = (groups: readonly TaskGroup[]): number[] =>
  groups.flatMap((group) => [...group.tasks]);

/** Width Σ G·V of the label table: the coded targets of all groups side by side. */
export const labelWidth = (groups: readonly TaskGroup[]): number =>
  groups.reduce((sum, { tasks, targetWidth }) => sum + tasks.length * targetWidth, 0);
