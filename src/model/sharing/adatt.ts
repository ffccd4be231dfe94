import {
  type Dim,
  type Tensor,
  add,
  concat,
  expand,
  layer,
  mul,
  reshape,
  slice,
  tile,
} from "../../graph/index.js";
import { type Parameter, undecayed } from "../parameter.js";
import type { Gate, SharingArchitecture, SharingInputs, SharingShape } from "./architecture.js";
import { expertsOfTasks, namesOf, numbered } from "./gate-names.js";
import { type Gates, gateWeights, gatesLayout, mixture } from "./gates.js";
import { fixed } from "./stitch.js";
import { asInput, copiedLayer, copiesLayout } from "./towers.js";

/**
 * AdaTT: on every level each task has experts of its own that read the task's own features. The next features of a task are a
 * gated sum of the experts of all tasks and, as a residual, a linear combination of its own:
 * fₖ = Σᵢ gₖ(fₖ′)ᵢ·eᵢ + Σᵢ vₖᵢ·eₖᵢ, with fₖ′ the task's features of the level before and gₖ a softmax over all experts. A task with
 * one expert has v = 1.
 *
 * With `shared` experts there is one more unit that fuses in the same way on every level but the last, and whose experts every task
 * can reach (AdaTT); without them it is AdaTT-sp.
 *
 * @see Li, Zhang, Liu & Chen 2023, "AdaTT: Adaptive Task-to-Task Fusion Network for Multitask Learning in Recommendations", eq. 1
 * to 5.
 * Departures: a level is one layer of the trunk; every task has as many experts.
 */
export const adatt: SharingArchitecture = {
  slug: "adatt",
  title: "AdaTT",
  description:
    "experts of each task, fused by gates over those of all tasks with the task's own as a residual (Li et al. 2023)",
  helps: "Tasks of which each learns much alone, but some profit from certain others",
  paper:
    'Li, Zhang, Liu & Chen 2023, "AdaTT: Adaptive Task-to-Task Fusion Network for Multitask Learning in Recommendations"',
  options: {
    experts: { default: 1, min: 1, max: 16, integer: true, doc: "experts of each task on every level" },
    shared: { default: 0, min: 0, max: 16, integer: true, doc: "experts of no task on every level" },
  },
  layout: (shape) =>
    shape.trunk.flatMap((_, index) => [
      ...copiesLayout(shape, experts(shape, index)),
      ...gatesLayout(gate(shape, index)),
      ...ownWeights(shape, index),
    ]),
  features(inputs) {
    const { shape } = inputs;
    let units = asInput(inputs.encoded); // of all units, then [T or T + 1, M, R, H]
    const gates: Record<string, Gate> = {};
    for (const index of shape.trunk.keys()) {
      const level = fusion(inputs, index, units);
      units = level.fused;
      const { T, m, s, units: fused } = sizes(shape, index);
      gates[`level ${index + 1}`] = {
        weights: level.gates,
        readers: [...namesOf(shape), ...(fused > T ? ["all tasks"] : [])],
        choices: [...expertsOfTasks(shape, m), ...numbered("shared expert", s)],
      };
    }
    return { perTask: units, gates };
  },
};

/** Numbers of tasks T, experts of each m, shared experts s, experts in all E, and units that a level fuses for. */
function sizes({ tasks, trunk, options }: SharingShape, index: number) {
  const [T, m, s] = [tasks.length, options["experts"]!, options["shared"]!]; // every option has a value
  const last = index === trunk.length - 1;
  return { T, m, s, E: T * m + s, units: s > 0 && !last ? T + 1 : T, last };
}

/** Experts of the first task, of the second, …, and shared ones: all within reach of all tasks. */
const experts = (shape: SharingShape, index: number) => ({
  name: `trunk.${index}.experts`,
  count: sizes(shape, index).E,
  index,
});

/** Gates of a level; those of the last are of one task each. */
function gate(shape: SharingShape, index: number): Gates {
  const { E, units, last } = sizes(shape, index);
  return {
    name: `${last ? "tasks" : "trunk"}.${index}.gate`,
    count: units,
    experts: E,
    inputs: index === 0 ? shape.inputs : shape.trunk[index - 1]!,
    ...(last && { perTask: true as const }),
  };
}

/** Weights v of a unit's own experts, `[T, m, 1]` and `[1, s, 1]`; none for a single one. */
function ownWeights(shape: SharingShape, index: number): Parameter[] {
  const { T, m, s, units, last } = sizes(shape, index);
  const own = undecayed(`${last ? "tasks" : "trunk"}.${index}.own`, [T, m, 1], "fan-in-uniform");
  const ofShared = undecayed(`trunk.${index}.shared-own`, [1, s, 1], "fan-in-uniform");
  return [
    ...(m > 1 ? [{ ...own, ...(last && { perTask: true as const }) }] : []),
    ...(units > T && s > 1 ? [ofShared] : []),
  ];
}

/** One level: features of its units from those of the level before. */
function fusion(
  { shape, parameters, dropout }: SharingInputs,
  index: number,
  before: Tensor,
): { fused: Tensor; gates: Tensor } {
  const { units } = sizes(shape, index);
  const found = copiedLayer(shape, experts(shape, index), asRead(shape, index, before), parameters, dropout);
  const { name } = gate(shape, index);
  return layer(name, () => {
    const read = before.shape[0] === 1 ? before : ofUnits(before, 0, units);
    const gates = gateWeights(gate(shape, index), read, parameters);
    const residual = residualWeights(shape, index, parameters, gates);
    return { fused: mixture(add(gates, residual), found), gates };
  });
}

/** What each expert reads: its unit's features. */
function asRead(shape: SharingShape, index: number, before: Tensor): Tensor {
  const { T, m, s } = sizes(shape, index);
  if (before.shape[0] === 1) return before; // all read the inputs
  const [, ...rest] = before.shape as readonly Dim[];
  const times = (x: Tensor, units: number, count: number): Tensor =>
    count === 1
      ? x
      : reshape(expand(reshape(x, [units, 1, ...rest]), [units, count, ...rest]), [units * count, ...rest]);
  const own = times(ofUnits(before, 0, T), T, m);
  return s === 0 ? own : concat([own, times(ofUnits(before, T, T + 1), 1, s)], 0);
}

const ofUnits = (x: Tensor, from: number, to: number): Tensor =>
  x.shape[0] === to - from ? x : slice(x, [from], [to], [0]);

/** Weights v at the places of a unit's own experts, `[units, 1, 1, E]`. */
function residualWeights(
  shape: SharingShape,
  index: number,
  parameters: Readonly<Record<string, Tensor>>,
  like: Tensor,
): Tensor {
  const { T, m, s, E, units, last } = sizes(shape, index);
  const unitOf = (expert: number): number => Math.min(T, Math.floor(expert / m));
  const places = fixed(
    like,
    [units, E],
    Array.from({ length: units * E }, (_, i) => (unitOf(i % E) === Math.floor(i / E) ? 1 : 0)),
  );
  const own = parameters[`${last ? "tasks" : "trunk"}.${index}.own`];
  const ofShared = parameters[`trunk.${index}.shared-own`];
  if (!own && !ofShared) return reshape(places, [units, 1, 1, E]);
  const ones = (count: number): Tensor =>
    fixed(
      like,
      [1, count],
      Array.from({ length: count }, () => 1),
    );
  const ofTasks = own ? tile(reshape(own, [T, m]), [1, T]) : expand(ones(T * m), [T, T * m]);
  const tasks = s > 0 ? concat([ofTasks, expand(ones(s), [T, s])], 1) : ofTasks; // [T, E]
  if (units === T) return reshape(mul(places, tasks), [units, 1, 1, E]);
  const shared = concat([ones(T * m), ofShared ? reshape(ofShared, [1, s]) : ones(s)], 1); // [1, E]
  return reshape(mul(places, concat([tasks, shared], 0)), [units, 1, 1, E]);
}
