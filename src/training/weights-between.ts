import { type Random, seededRandom } from "../base/random.js";
import type { HostWork, Values } from "../runtime/runtime.js";
import type { Balancer, BalancerOptions } from "./balancer.js";
import { BALANCERS } from "./balancers/index.js";
import { type Conflict, conflict } from "./conflict.js";
import { CROSS, FEATURES, ofFeatures } from "./gradient-needs.js";
import { BALANCER_UNIFORM } from "./balancer-inputs.js";

/** What weights between the graphs of a step are decided by; plain data, since it crosses to a worker. */
export interface WeightsSetup {
  readonly balancer: string;
  readonly options: BalancerOptions;
  /** Tasks of the model, T. */
  readonly tasks: number;
  /** How many random numbers a step of its graph needs. */
  readonly uniform: number;
  /** The weights that the study gives the tasks `[T]`, in the order of the losses. */
  readonly weights: readonly number[];
  /** What the balancer remembers `[n]`, then the sums of `conflictOf`. */
  readonly state: Float64Array;
  /** Steps before the first one, over all epochs, and steps in an epoch. */
  readonly before: number;
  readonly stepsPerEpoch: number;
  /** Decides the balancer's random numbers together with the step. */
  readonly seed: number;
}

/** What the balancer remembers, among what goes round. */
export const BALANCER_STATE = "balancer.state";

const SUMS = 3; // of steps, shares of opposed pairs and smallest cosines, kept behind what the balancer remembers

/** What a training begins with: what the balancer remembers of T tasks, and no conflict met yet. */
export function startState(balancer: Balancer, tasks: number): Float64Array {
  const own = balancer.needs === "gramian" ? balancer.state(tasks) : new Float64Array();
  const state = new Float64Array(own.length + SUMS);
  state.set(own);
  return state;
}

/** How far gradients pointed against each other, as means over all steps; undefined before the first. */
export function conflictOf(state: Float64Array): Conflict | undefined {
  const [steps, shares, smallest] = state.slice(-SUMS) as unknown as [number, number, number];
  return steps === 0 ? undefined : { share: shares / steps, smallest: smallest / steps };
}

/**
 * The host's part of a step: from the Gramian `[T, T]` and losses `[T]` of all tasks to `weights [T]`, 0 for absent ones, or to the
 * random numbers of a balancer that is graph code. At the end tells `balancer.state [n + 3]`.
 */
export function start({
  balancer: slug,
  options,
  tasks,
  uniform,
  weights: given,
  state,
  before,
  stepsPerEpoch,
  seed,
}: WeightsSetup): HostWork {
  const balancer: Balancer = BALANCERS[slug as keyof typeof BALANCERS];
  const kept = state.slice();
  const [memory, sums] = [kept.subarray(0, -SUMS), kept.subarray(-SUMS)];
  const all = Int32Array.from({ length: tasks }, (_, t) => t);
  return {
    step(values, index) {
      const present = values["present"]?.data as Float32Array | undefined;
      const places = present ? all.filter((t) => present[t] !== 0) : all;
      const ofPresent = (name: string): Float64Array =>
        submatrix(values[name]!.data as Float32Array, tasks, places);
      const gramian = ofPresent("gramian");
      const step = before + index + 1;
      const met = conflict(gramian);
      sums[0]! += 1;
      sums[1]! += met.share;
      sums[2]! += met.smallest;
      const random = seededRandom(seed, `balancer ${step}`);
      if (balancer.needs !== "gramian") return uniform > 0 ? uniformOf(random, uniform) : {};
      const found = balancer.weights({
        gramian: ofFeatures(balancer) ? ofPresent(FEATURES) : gramian,
        ...(balancer.batches && { cross: ofPresent(CROSS) }),
        losses: entriesAt(values["losses"]!.data as Float32Array, places),
        weights: entriesAt(given, places),
        tasks: places,
        step,
        epoch: Math.ceil(step / stepsPerEpoch),
        options,
        random,
        state: memory,
      });
      const weights = new Float32Array(tasks);
      places.forEach((t, i) => (weights[t] = found[i]!));
      return { weights: { dtype: "float32", shape: [tasks], data: weights } };
    },
    finish: () => ({
      [BALANCER_STATE]: { dtype: "float64", shape: [kept.length], data: kept },
    }),
  };
}

const RESOLUTION = 2 ** 24; // of float32 numbers below 1, so that none rounds up to it

function uniformOf(random: Random, count: number): Values {
  const data = Float32Array.from({ length: count }, () => random.integer(RESOLUTION) / RESOLUTION);
  return { [BALANCER_UNIFORM]: { dtype: "float32", shape: [count], data } };
}

function entriesAt(values: ArrayLike<number>, places: Int32Array): Float64Array {
  const found = new Float64Array(places.length);
  for (let k = 0; k < places.length; k++) found[k] = values[places[k]!]!;
  return found;
}

function submatrix(matrix: Float32Array, tasks: number, places: Int32Array): Float64Array {
  const K = places.length;
  const found = new Float64Array(K * K);
  for (let i = 0, at = 0; i < K; i++) {
    const row = places[i]! * tasks;
    for (let j = 0; j < K; j++, at++) found[at] = matrix[row + places[j]!]!;
  }
  return found;
}
