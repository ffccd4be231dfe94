import { type Tensor, type TensorValue, input, reshape } from "../graph/index.js";
import { keptWhereAbsent, ones } from "./absent.js";
import { BALANCER_MEMORY, BALANCER_UNIFORM } from "./balancer-inputs.js";
import type {
  BalancerOptions,
  GradientBalancer,
  JacobianBalancer,
  JacobianDecision,
  JacobianStep,
} from "./balancer.js";
import { weightedSum, wholeJacobian } from "./task-gradients.js";
import { floats } from "./training-data.js";

/** How the gradient of the shared parameters comes about in the update graph. */
export interface SharedDirection {
  /** `[P₀]`. */
  readonly direction: Tensor;
  /** What heads are weighted by `[T]`. */
  readonly weights: Tensor;
  /** 1 for tasks with a label in the batch, else 0: `[T]`. */
  readonly present: Tensor;
  /** The optimiser steps for each task. */
  readonly stepPerTask: boolean;
  /** What it reads beside the Jacobian: from the gradient graph by its names there, and from the host. */
  readonly given: readonly Tensor[];
  readonly fed: readonly Tensor[];
  /** What goes round beside the vectors: its inputs, what they are next, and how they start. */
  readonly carried: Readonly<
    Record<string, { readonly now: Tensor; readonly next: Tensor; readonly start: TensorValue }>
  >;
}

/** What a direction is traced for. */
export interface SharedDirectionOptions {
  readonly balancer: GradientBalancer;
  readonly options: BalancerOptions;
  /** Every row has every label: no `present` is read. */
  readonly complete: boolean;
}

/**
 * Traces how the tasks' gradients, blocks of the rows of `[T, P₀]`, become one: by weights of the host, or by the balancer's graph
 * code.
 */
export function sharedDirection(
  blocks: readonly Tensor[],
  { balancer, options, complete }: SharedDirectionOptions,
): SharedDirection {
  const { dtype } = blocks[0]!; // a model has tasks
  const T = blocks.reduce((sum, { shape }) => sum + Number(shape[0]), 0);
  if (balancer.needs === "gramian") {
    const weights = input("weights", dtype, [T]);
    return {
      direction: weightedSum(weights, blocks),
      weights,
      present: ones(T, dtype),
      stepPerTask: false,
      given: [],
      fed: [weights],
      carried: {},
    };
  }
  const jacobian = wholeJacobian(blocks);
  const P0 = jacobian.shape[1] as number; // parameters have numbers
  const losses = input("losses", dtype, [T]);
  const seen = complete ? undefined : input("present", dtype, [T]);
  const uniform = balancer.random ? input(BALANCER_UNIFORM, dtype, [P0]) : undefined;
  const starts = startOf(balancer, T, P0);
  const now = Object.fromEntries(
    Object.entries(starts).map(([name, { shape }]) => [name, input(name, dtype, shape)]),
  );
  const step: JacobianStep = {
    jacobian,
    losses,
    present: seen ?? ones(T, dtype),
    state: Object.fromEntries(balancer.state.map((name) => [name, now[carriedName(name)]!])),
    ...(balancer.memory && { memory: now[BALANCER_MEMORY]! }),
    ...(uniform && { uniform }),
    options,
  };
  const decided = decide(balancer, step);
  const next: Readonly<Record<string, Tensor>> = {
    ...Object.fromEntries(balancer.state.map((name) => [carriedName(name), decided.state[name]!])),
    ...(decided.memory && { [BALANCER_MEMORY]: decided.memory }),
  };
  return {
    direction: decided.direction,
    weights: decided.weights ?? ones(T, dtype),
    present: step.present,
    stepPerTask: balancer.stepPerTask ?? false,
    given: [losses, ...(seen ? [seen] : [])],
    fed: uniform ? [uniform] : [],
    carried: Object.fromEntries(
      Object.entries(starts).map(([name, start]) => [name, { now: now[name]!, next: next[name]!, start }]),
    ),
  };
}

/** What a balancer decides in a step; what it remembers of absent tasks is kept as it was. */
export function decide(
  balancer: JacobianBalancer,
  step: JacobianStep,
): JacobianDecision & Required<Pick<JacobianDecision, "state">> {
  const decided = balancer.direction(step);
  const column = reshape(step.present, [step.jacobian.shape[0]!, 1]);
  return {
    ...decided,
    state: Object.fromEntries(
      balancer.state.map((name) => [
        name,
        keptWhereAbsent(decided.state![name]!, step.state[name]!, column), // who remembers says what
      ]),
    ),
    ...(decided.memory && { memory: keptWhereAbsent(decided.memory, step.memory!, step.present) }),
  };
}

const carriedName = (name: string): string => `balancer.${name}`;

function startOf(balancer: JacobianBalancer, T: number, P0: number): Record<string, TensorValue> {
  const memory = balancer.memory?.(T);
  return {
    ...Object.fromEntries(
      balancer.state.map((name) => [carriedName(name), floats(new Float32Array(T * P0), [T, P0])]),
    ),
    ...(memory && { [BALANCER_MEMORY]: floats(memory, [memory.length / T, T]) }),
  };
}
