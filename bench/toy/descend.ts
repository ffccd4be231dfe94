import { seededRandom } from "../../src/base/random.js";
import { type TensorValue, evaluate, gradients, input } from "../../src/graph/index.js";
import { initialParameters } from "../../src/model/layout.js";
import { kindOf } from "../../src/tasks/index.js";
import type {
  Balancer,
  BalancerOptions,
  GramianBalancer,
  LossBalancer,
} from "../../src/training/balancer.js";
import { allOptions } from "../../src/base/method-options.js";
import { BELOW, LEARNING_RATE, type Point, STEPS, toyLosses } from "./problem.js";

const METHOD_RATE = 0.025; // of a method's own parameters, as published
const EPOCH = 100; // steps, for methods that go by epochs
const KEEP = 50; // every so many steps a point of the path is kept

/** The path of a method from a starting point: every fiftieth point, the last among them. */
export type Path = readonly Point[];

/** Weights of the two gradients at a step, from 1, given losses and gradients. */
type Weigh = (step: number, losses: Point, gradients: readonly [Point, Point]) => ArrayLike<number>;

/** How a method goes down. */
export interface DescentOptions {
  readonly options?: BalancerOptions;
  /** Weights of the two tasks; 1 each when absent. */
  readonly weights?: Point;
  /** Steps; those of the source when absent. */
  readonly steps?: number;
}

/** Methods that need no more than losses and a Gramian of one batch at each step. */
export type Runnable = LossBalancer | GramianBalancer;

/** True for a method that the toy problem can run: there are no features, no further batches and no losses after a step. */
export function runsHere(balancer: Balancer): balancer is Runnable {
  if (balancer.needs === "losses") return balancer.steps === undefined;
  return balancer.needs === "gramian" && balancer.of === undefined && balancer.batches === undefined;
}

/** Goes down from a point by Adam, with exact gradients that a method weighs. */
export function descend(balancer: Runnable, from: Point, given: DescentOptions = {}): Path {
  const { steps = STEPS, weights: preferences = [1, 1] } = given;
  const options = allOptions(balancer, given.options);
  const weigh =
    balancer.needs === "losses"
      ? byLosses(balancer, options, preferences)
      : byGramian(balancer, options, preferences);
  const adam = adamOf(2, LEARNING_RATE);
  const x = Float64Array.from(from);
  const path: Point[] = [from];
  for (let step = 1; step <= steps; step++) {
    const { losses, gradients: g } = toyLosses([x[0]!, x[1]!]);
    const w = weigh(step, [losses[0] - BELOW[0], losses[1] - BELOW[1]], g);
    adam(x, [w[0]! * g[0][0] + w[1]! * g[1][0], w[0]! * g[0][1] + w[1]! * g[1][1]]);
    if (step % KEEP === 0 || step === steps) path.push([x[0]!, x[1]!]);
  }
  return path;
}

/** Steps of Adam with the usual moments, in place. */
function adamOf(size: number, rate: number): (x: Float64Array, gradient: ArrayLike<number>) => void {
  const [m, v] = [new Float64Array(size), new Float64Array(size)];
  let [first, second] = [1, 1];
  return (x, gradient) => {
    first *= 0.9;
    second *= 0.999;
    for (let i = 0; i < size; i++) {
      const g = gradient[i]!;
      m[i] = 0.9 * m[i]! + 0.1 * g;
      v[i] = 0.999 * v[i]! + 0.001 * g * g;
      x[i]! -= (rate * (m[i]! / (1 - first))) / (Math.sqrt(v[i]! / (1 - second)) + 1e-8);
    }
  };
}

function byGramian(balancer: GramianBalancer, options: BalancerOptions, weights: Point): Weigh {
  const state = balancer.state(2);
  const tasks = Int32Array.of(0, 1);
  return (step, losses, [[ax, ay], [bx, by]]) => {
    const across = ax * bx + ay * by;
    return balancer.weights({
      gramian: Float64Array.of(ax * ax + ay * ay, across, across, bx * bx + by * by),
      losses: Float64Array.from(losses),
      weights: Float64Array.from(weights),
      tasks,
      step,
      epoch: Math.ceil(step / EPOCH),
      options,
      random: seededRandom(1, `balancer ${step}`),
      state,
    });
  };
}

/** The gradient of a method's objective by the losses; its own parameters are trained beside. */
function byLosses(balancer: LossBalancer, options: BalancerOptions, weights: Point): Weigh {
  const declared = balancer.parameters(2);
  const memory = balancer.memory?.start(2);
  const rows = (memory?.length ?? 0) / 2;
  const kind = kindOf({ kind: "regression", mean: 0, deviation: 1, labelled: 1 });
  const inputs = {
    losses: input("losses", "float64", [2]),
    present: input("present", "float64", [2]),
    memory: input("memory", "float64", [rows, 2]),
    normals: input("normals", "float64", [2]),
  };
  const learnable = declared.map(({ name, shape }) => input(name, "float64", shape));
  const total = balancer.total({
    ...inputs,
    kinds: [kind, kind],
    parameters: Object.fromEntries(declared.map(({ name }, i) => [name, learnable[i]!])),
    options,
    weights,
  });
  const found = gradients(total, [inputs.losses, ...learnable]);
  const outputs = Object.fromEntries(found.map((gradient, i) => [String(i), gradient]));
  const values = declared.map((one) => Float64Array.from(initialParameters([one], seededRandom(0))));
  const adams = values.map(({ length }) => adamOf(length, METHOD_RATE));
  const random = seededRandom(1, "normals");
  const sums = new Float64Array(2);
  return (step, losses) => {
    const told = evaluate(outputs, {
      losses: doubles(losses, [2]),
      present: doubles([1, 1], [2]),
      memory: doubles(memory ?? [], [rows, 2]),
      normals: doubles([random.normal(), random.normal()], [2]),
      ...Object.fromEntries(declared.map(({ name, shape }, i) => [name, doubles(values[i]!, shape)])),
    });
    values.forEach((own, i) => adams[i]!(own, told[String(i + 1)]!.data as Float64Array));
    losses.forEach((loss, t) => (sums[t]! += loss / EPOCH));
    if (step % EPOCH === 0) {
      if (memory) balancer.memory!.afterEpoch(memory, { epoch: step / EPOCH, losses: sums.slice(), options });
      sums.fill(0);
    }
    return told["0"]!.data as Float64Array;
  };
}

const doubles = (data: ArrayLike<number>, shape: readonly number[]): TensorValue => ({
  dtype: "float64",
  shape,
  data: Float64Array.from(data),
});
