import { nowMs } from "../base/clock.js";

/** One finished slice of a long loop. */
export interface Slice<T> {
  /** First step of the slice, counted from 0. */
  readonly from: number;
  /** Steps in the slice, at least 1. */
  readonly count: number;
  /** How long it took, in milliseconds: for progress only. */
  readonly ms: number;
  readonly result: T;
}

/** How many steps the next slice should have: kept by who runs one loop after another. */
export interface SlicePace {
  /** Absent before the first slice. */
  steps?: number;
}

/** How a long loop is sliced. */
export interface SliceOptions<T> {
  /** Steps in the whole loop, at least 0. */
  readonly steps: number;
  /** How long a slice should take, in milliseconds; default 200, short enough to feel a cancel at once. */
  readonly targetMs?: number;
  /** Runs steps `from` to `from + count - 1`. */
  run(from: number, count: number): Promise<T>;
  /** What earlier loops of such steps have found, and this one goes on with; default: nothing. */
  readonly pace?: SlicePace;
  /** Told of each slice before the next one starts; a promise is waited for. */
  onSlice?(slice: Slice<T>): void | Promise<void>;
  /** Asked before each slice. */
  readonly signal?: AbortSignal;
  /** Milliseconds from a monotonic clock; default: the real one. */
  readonly clock?: () => number;
}

const GROWTH = 8; // a lucky first measurement must not make one slice of everything

/**
 * Runs a long loop in slices of bounded time, one after the other, and returns their results in order.
 *
 * The first slice has one step, or what the loop before left in `pace`; each next one is sized from the last one's time per
 * step to take `targetMs`, at most 8 times as many steps, at least one. Between slices, those of two loops of one pace as
 * well, the event loop has its turn, so that a page can draw and a cancel can be heard. How the loop is sliced depends on the machine's speed, hence results must not: let step `i` depend
 * only on `i` and on what is carried from step `i - 1`.
 *
 * @throws the signal's reason, by default a DOMException named `AbortError`, if it is aborted before the last slice has
 *   started; what is finished by then has been told to `onSlice`.
 */
export async function runInSlices<T>(options: SliceOptions<T>): Promise<T[]> {
  const { steps, targetMs = 200, signal, clock = nowMs, pace = {} } = options;
  const results: T[] = [];
  for (let from = 0; from < steps;) {
    if (pace.steps !== undefined) await turn();
    signal?.throwIfAborted();
    const planned = pace.steps ?? 1;
    const count = Math.min(planned, steps - from);
    const start = clock();
    const result = await options.run(from, count);
    const ms = clock() - start;
    results.push(result);
    await options.onSlice?.({ from, count, ms, result });
    from += count;
    pace.steps = nextCount(planned, ms / count, targetMs);
  }
  return results;
}

function nextCount(planned: number, msPerStep: number, targetMs: number): number {
  const fitting = msPerStep > 0 ? Math.floor(targetMs / msPerStep) : Infinity;
  return Math.max(1, Math.min(fitting, planned * GROWTH));
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));
