import type { ColumnType } from "../data/index.js";

/** A target of a model in the long layout: which of the model's tasks predicts it in which rows. */
export interface TargetParts {
  readonly target: string;
  /** The task column, with its type in the study. */
  readonly by: string;
  readonly type: ColumnType;
  /** The value of the task column and the task of its rows. */
  readonly tasks: readonly { readonly value: string; readonly task: string }[];
}

/** The targets in the long layout among planned tasks. */
export function targetParts(
  tasks: readonly {
    readonly name: string;
    readonly part?: Omit<TargetParts, "tasks" | "type"> & { value: string };
  }[],
  typeOf: (column: string) => ColumnType,
): TargetParts[] {
  const targets = new Map(tasks.flatMap(({ part }) => (part ? [[part.target, part.by] as const] : [])));
  return [...targets].map(([target, by]) => ({
    target,
    by,
    type: typeOf(by),
    tasks: tasks.flatMap(({ name, part }) =>
      part?.target === target ? [{ value: part.value, task: name }] : [],
    ),
  }));
}
