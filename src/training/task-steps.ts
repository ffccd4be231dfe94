import {
  type Tensor,
  add,
  concat,
  div,
  maximum,
  mul,
  reduceSum,
  reshape,
  scalar,
  slice,
} from "../graph/index.js";
import type { Layout } from "../model/layout.js";
import { keptWhereAbsent } from "./absent.js";
import type { Optimizer } from "./optimizer.js";
import type { Transform } from "./transform.js";
import { clippingFactor, globalNorm } from "./transforms/index.js";

/** What an optimiser that steps for each task is made of. */
export interface TaskSteps {
  /** Gradients of the tasks in what they share `[T, P₀]`: the first P₀ parameters of the flat vector. */
  readonly jacobian: Tensor;
  /** 1 for tasks with a label in the batch, else 0: `[T]`. */
  readonly present: Tensor;
  /** The optimiser's state of each task by its names `[T, P₀]`. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** The whole gradient `[P]`, before it is clipped, and the length it is clipped to; 0 for no clipping. */
  readonly gradient: Tensor;
  readonly clip: number;
  /** What is added to the sum of the tasks' gradients `[P₀]`, if anything; the tasks that are present share it. */
  readonly penalty?: Tensor;
  /** The first P₀ parameters. */
  readonly layout: Layout;
}

/**
 * An optimiser whose step of the shared parameters is the sum of the steps it makes for each task alone; other parameters take its
 * plain step.
 *
 * @returns the optimiser, and `next`: the state of each task after the step, filled when the optimiser is traced.
 */
export function perTask(
  optimizer: Optimizer,
  { jacobian, present, state, gradient, penalty, clip, layout }: TaskSteps,
): { readonly optimizer: Optimizer; readonly next: Record<string, Tensor> } {
  const inner = optimizer.transform;
  const [T, P0] = jacobian.shape as readonly [number, number]; // tasks and parameters have numbers
  const { dtype } = jacobian;
  const next: Record<string, Tensor> = {};
  const count = maximum(reduceSum(present, [0]), scalar(1, dtype));
  const whole = penalty ? add(jacobian, reshape(div(penalty, count), [1, P0])) : jacobian;
  const rows = clip > 0 ? mul(whole, clippingFactor(globalNorm(gradient), clip)) : whole;
  const rowOf = (of: Tensor, t: number): Tensor => reshape(slice(of, [t], [t + 1], [0]), [P0]);
  const ofShared = (vector: Tensor): Tensor => slice(vector, [0], [P0], [0]);

  const transform: Transform = {
    state: inner.state,
    elementwise: false,
    ...(inner.scalars && { scalars: inner.scalars }),
    apply(context) {
      const plain = inner.apply(context);
      const { parameters, decay, rates } = context;
      const steps = Array.from({ length: T }, (_, t) =>
        inner.apply({
          ...context,
          update: rowOf(rows, t),
          parameters: ofShared(parameters),
          state: Object.fromEntries(inner.state.map((name) => [name, rowOf(state[name]!, t)])),
          decay: decay && div(ofShared(decay), count),
          rates: rates && ofShared(rates),
          layout,
        }),
      );
      const stacked = (parts: readonly Tensor[]): Tensor =>
        concat(
          parts.map((part) => reshape(part, [1, P0])),
          0,
        );
      const here = reshape(present, [T, 1]);
      for (const name of inner.state)
        next[name] = keptWhereAbsent(stacked(steps.map((step) => step.state![name]!)), state[name]!, here);
      const shared = reduceSum(mul(stacked(steps.map(({ update }) => update)), here), [0]);
      const others = slice(plain.update, [P0], [context.update.shape[0] as number], [0]); // parameters are counted
      return { update: concat([shared, others], 0), ...(plain.state && { state: plain.state }) };
    },
  };
  return { optimizer: { ...optimizer, transform }, next };
}
