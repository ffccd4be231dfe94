import type { TaskGroup } from "./groups.js";
import type { ModelSpec } from "./spec.js";

/** How the heads of a group are stacked: `count` products of `size` heads side by side; `count · size` ≥ G. */
export interface HeadChunks {
  readonly count: number;
  readonly size: number;
}

const MOST = 8; // heads of 32 side by side make products 256 wide, which run at full speed
const FEWEST = 5; // below, products get narrow; from 5 to 8 some size leaves hardly a place empty

/**
 * Cuts a group's heads into chunks of one size.
 *
 * Within a chunk the heads' second layers are one product with a matrix of blocks on the diagonal: no hidden value is ever
 * moved, at the price of size·W/H times the first layer's work, which is kept under a half. Places beyond the last task
 * stay empty. Linear heads are always one chunk.
 */
export function headChunks(spec: ModelSpec, group: TaskGroup): HeadChunks {
  const tasks = group.tasks.length;
  if (spec.head === 0) return { count: 1, size: tasks };
  const most = Math.max(1, Math.min(MOST, Math.floor(spec.trunk.at(-1)! / (2 * group.width))));
  if (tasks <= most) return { count: 1, size: tasks };
  const sizes = Array.from({ length: most }, (_, i) => most - i).filter(
    (size) => size >= Math.min(FEWEST, most),
  );
  const places = (size: number): number => Math.ceil(tasks / size) * size;
  const size = sizes.reduce((best, other) => (places(other) < places(best) ? other : best));
  return { count: Math.ceil(tasks / size), size };
}
