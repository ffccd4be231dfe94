import { type Dim, type Tensor, reshape, slice } from "../graph/index.js";
import type { TaskGroup } from "./groups.js";

/** What the forward pass gives for one group of tasks. */
export interface GroupOutput {
  readonly group: TaskGroup;
  /** Head outputs `[M, R, G, W]`. */
  readonly output: Tensor;
  /** What predictions are made from `[M, R, G, W]`, where that is not `output`. */
  readonly predicted?: Tensor;
  /** How it came from the last shared layer; absent where tasks have features of their own. */
  readonly ofShared?: {
    /** The heads' first layers before their activation `[lead, R, size·first]`, in the chunks of `headChunks`. */
    readonly first: Tensor;
    /** The weights that made them of the last shared layer: `[lead, H, size·first]`. */
    readonly weight: Tensor;
  };
  /** The kind's own parameters by their short names. */
  readonly parameters: Readonly<Record<string, Tensor>>;
}

/** One task's part of a group: outputs `[M, R, W]` and the kind's parameters `[M, …]`. */
export function taskOutput(
  source: GroupOutput,
  position: number,
): { output: Tensor; parameters: Record<string, Tensor> } {
  const pick = (x: Tensor, axis: number): Tensor => {
    const shape: Dim[] = x.shape.filter((_, i) => i !== axis);
    const part = source.group.tasks.length === 1 ? x : slice(x, [position], [position + 1], [axis]);
    return reshape(part, shape);
  };
  return {
    output: pick(source.output, 2),
    parameters: Object.fromEntries(
      Object.entries(source.parameters).map(([key, value]) => [key, pick(value, 1)]),
    ),
  };
}
