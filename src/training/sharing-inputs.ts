import type { Random } from "../base/random.js";
import { type Tensor, input, mul, reshape, slice } from "../graph/index.js";
import { taskGroups } from "../model/groups.js";
import { modelLayout, parameterCount, unflatten } from "../model/layout.js";
import { network } from "../model/network.js";
import { sizeOf } from "../model/parameter.js";
import { architectureOf, sharingShape } from "../model/sharing-of.js";
import type { Dropout, SharingStep } from "../model/sharing/architecture.js";
import type { ModelSpec } from "../model/spec.js";

/** The input of a training graph that tells an architecture how far training is, and gives it random numbers: `[S, 1 + n]`. */
export const SHARING_STEP = "sharing.step";

/** Random numbers that the architecture of a model needs in every step; undefined where it asks for none. */
export function noiseCount(spec: ModelSpec): number | undefined {
  const { noise } = architectureOf(spec);
  return noise?.(sharingShape(spec, taskGroups(spec)));
}

/** What an architecture sees of `SHARING_STEP` in one step `[1 + n]`. */
export function sharingStep(row: Tensor): SharingStep {
  const size = row.shape[0] as number; // noise is counted
  return { progress: reshape(slice(row, [0], [1], [0]), []), noise: slice(row, [1], [size], [0]) };
}

/**
 * The rows of `SHARING_STEP` for the steps of an epoch: `[S, 1 + n]`.
 *
 * @param progress how much of the training is over at a step of the epoch, in [0, 1).
 */
export function sharingSteps(
  count: number,
  steps: number,
  progress: (step: number) => number,
  random: Random,
): Float32Array {
  const rows = new Float32Array(steps * (1 + count));
  for (let i = 0; i < rows.length; i++) {
    const place = i % (1 + count);
    rows[i] = place === 0 ? progress(i / (1 + count)) : Math.max(2 ** -25, random.uniform());
  }
  return rows;
}

/** How many values the dropout of one step takes from the pool, found by tracing the layers once. */
export function dropoutDraw(spec: ModelSpec, batch: number): number {
  let drawn = 0;
  const layout = modelLayout(spec);
  const parameters = unflatten(layout, input("parameters", "float32", [parameterCount(layout)]));
  const noise = noiseCount(spec);
  const step = noise === undefined ? undefined : sharingStep(input("step", "float32", [1 + noise]));
  const dropout: Dropout = (x) => {
    drawn += sizeOf(x.shape as readonly number[]); // rows of a batch are counted
    return x;
  };
  network(spec, input("encoded", "float32", [batch, spec.inputs]), parameters, {
    dropout,
    ...(step && { step }),
  });
  return drawn;
}

/** Dropout from a pool of random values: each layer takes the next part, so that no hidden state is needed. */
export function pooledDropout(drawn: Tensor): Dropout {
  const total = drawn.shape[0] as number; // the draw is counted
  let taken = 0;
  return (x) => {
    const [from, to] = [taken, taken + sizeOf(x.shape as readonly number[])];
    taken = to;
    return mul(x, reshape(to - from === total ? drawn : slice(drawn, [from], [to], [0]), x.shape));
  };
}
