import type { Tensor } from "../graph/index.js";
import type { Layout } from "../model/layout.js";
import type { ParameterGroup } from "./parameter-groups.js";
import type { Transform } from "./transform.js";
import { chain, clipByGlobalNorm, movingAverage, takeStep } from "./transforms/index.js";

/** Settings every optimiser reads. */
export interface OptimizerOptions {
  /** Strength of weight decay, per step and unit of learning rate for decoupled decay. */
  readonly weightDecay: number;
  /** Parameter tensors that are trained otherwise than the rest; default none. */
  readonly parameterGroups?: readonly ParameterGroup[];
}

/** What one update sees: flat vectors `[P]`. */
export interface UpdateContext {
  readonly parameters: Tensor;
  readonly gradient: Tensor;
  /** State vectors `[P]` by name. */
  readonly state: Readonly<Record<string, Tensor>>;
  /** The step's scalars, as computed by `scalars`, each of shape `[]`. */
  readonly scalars: readonly Tensor[];
  /** Strength of weight decay per parameter `[P]`; absent where nothing decays. */
  readonly decay?: Tensor | undefined;
  /** Factors of the learning rate per parameter `[P]`; absent where all are 1. */
  readonly rates?: Tensor | undefined;
  /** Which parameter tensors stand in the flat vectors, for updates that need their shapes. */
  readonly layout: Layout;
}

/** How parameters are updated, traced into the training graph. */
export interface UpdateRule {
  /** Names of its state vectors, all zero at the start. */
  readonly state: readonly string[];
  /** Numbers that change with the step (from 1), computed on the host in float64. */
  scalars(step: number, learningRate: number): number[];
  update(context: UpdateContext): { parameters: Tensor; state: Record<string, Tensor> };
}

/** An optimiser as data: a transform from the gradient to what is taken off the parameters. */
export interface Optimizer extends UpdateRule {
  readonly slug: string;
  readonly description: string;
  /** Default learning rate in units of the default budget's, which is Adam's. */
  readonly rateScale: number;
  readonly transform: Transform;
}

/** What stands around an optimiser in a step. */
export interface RuleOptions {
  /** Largest norm of the whole gradient; 0 or absent for no clipping. */
  readonly clip?: number;
  /** Decay of the parameters' moving average, in [0, 1); 0 or absent for none. It is the state named `average`. */
  readonly average?: number;
}

/** The whole update of a step: clipping, the optimiser's transform, the step, the moving average of the parameters. */
export function updateRule(transform: Transform, { clip = 0, average = 0 }: RuleOptions = {}): UpdateRule {
  const whole = chain(
    ...(clip > 0 ? [clipByGlobalNorm(clip)] : []),
    transform,
    takeStep,
    ...(average > 0 ? [movingAverage(average)] : []),
  );
  return {
    state: whole.state,
    scalars: (step, learningRate) => [...whole.scalars!(step, learningRate)],
    update: ({ gradient, ...context }) => {
      const found = whole.apply({ ...context, update: gradient, measured: [] });
      return { parameters: found.update, state: { ...found.state } };
    },
  };
}

/** An optimiser from its transform. */
export const defineOptimizer = (
  parts: Pick<Optimizer, "slug" | "description" | "rateScale" | "transform">,
): Optimizer => ({ ...parts, ...updateRule(parts.transform) });
