import type { Random } from "../base/random.js";
import { type Tensor, reshape, split } from "../graph/index.js";
import { DESCRIPTOR_WIDTH } from "../tasks/task-kind.js";
import { type TaskGroup, taskGroups } from "./groups.js";
import { headChunks } from "./head-chunks.js";
import { INITIALIZERS } from "./initializers.js";
import { type Parameter, inTrunk, sizeOf, undecayed, weights } from "./parameter.js";
import { periodicLayout } from "./periodic-numbers.js";
import { architectureOf, sharingShape } from "./sharing-of.js";
import type { ModelSpec } from "./spec.js";

/** The order of the parameter tensors in the flat vector `[P]`. */
export type Layout = readonly Parameter[];

/** P, the length of the flat parameter vector. */
export const parameterCount = (layout: Layout): number =>
  layout.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** The parameters of a model; a balancer's learnable weights are appended by the training room. */
export function modelLayout(spec: ModelSpec): Parameter[] {
  const groups = taskGroups(spec);
  const body = architectureOf(spec).layout(sharingShape(spec, groups));
  return [
    ...periodicLayout(spec.numbers),
    ...body.filter(({ name }) => inTrunk(name)),
    ...body.filter(({ name }) => !inTrunk(name)),
    ...taskVectorLayout(spec),
    ...groups.flatMap((group) => headLayout(spec, group)),
    ...linkLayout(spec, groups),
  ];
}

function taskVectorLayout(spec: ModelSpec): Parameter[] {
  if (spec.embedding === 0) return [];
  const shared = spec.trunk.at(-1)!;
  return [
    undecayed("tasks.embedding", [spec.tasks.length, spec.embedding], "normal"),
    undecayed("tasks.gain", [DESCRIPTOR_WIDTH + spec.embedding, shared], "zeros"),
  ];
}

function headLayout(spec: ModelSpec, group: TaskGroup): Parameter[] {
  const [M, G, H] = [spec.members, group.tasks.length, spec.trunk.at(-1)!];
  const first = spec.head > 0 ? spec.head : group.width;
  const { count, size } = headChunks(spec, group);
  const [stack, places] = [count === 1 ? [M] : [M, count], count * size];
  const name = `heads.${group.name}`;
  const own =
    group.kind.parameters?.({
      members: M,
      tasks: G,
      inputs: spec.inputs,
      coding: spec.tasks[group.tasks[0]!]!.coding,
    }) ?? {};
  return [
    {
      ...weights(
        `${name}.weight`,
        [...stack, H, size * first],
        spec.head > 0 ? "he-normal" : "glorot-uniform",
      ),
      stacked: size,
    },
    undecayed(`${name}.bias`, [...stack, 1, size * first], "zeros"),
    ...(spec.head > 0
      ? [
          weights(`${name}.output.weight`, [M, places, first, group.width], "glorot-uniform"),
          undecayed(`${name}.output.bias`, [M, places, 1, group.width], "zeros"),
        ]
      : []),
    ...Object.entries(own).map(([key, { shape, init, decay }]) => ({
      name: `${name}.${key}`,
      shape,
      init,
      decay,
    })),
  ];
}

function linkLayout(spec: ModelSpec, groups: readonly TaskGroup[]): Parameter[] {
  return headLinks(spec)
    .filter((link) => link.kind === "parent-child")
    .map((link) => {
      const parent = spec.tasks.find((task) => task.name === link.from)!;
      const child = spec.tasks.findIndex((task) => task.name === link.to);
      const group = groups.find(({ tasks }) => tasks.includes(child))!;
      const signal = groups
        .find(({ tasks }) => tasks.includes(spec.tasks.indexOf(parent)))!
        .kind.signalWidth(parent.coding);
      return weights(
        linkName(link),
        [spec.members, signal, spec.head > 0 ? spec.head : group.width],
        "glorot-uniform",
      );
    });
}

/** The links that heads heed: none where the way of sharing takes them. */
export const headLinks = (spec: ModelSpec): ModelSpec["links"] =>
  architectureOf(spec).takesLinks ? [] : spec.links;

/** Name of the matrix that carries a parent's prediction into its child's head. */
export const linkName = (link: { from: string; to: string }): string =>
  `links.${link.from}:${link.to}.weight`;

/**
 * The initial flat parameter vector `[P]`. Each tensor draws from a stream of its own name, so adding a task leaves the
 * start of all other tensors as it was.
 */
export function initialParameters(layout: Layout, random: Random): Float32Array {
  const flat = new Float32Array(parameterCount(layout));
  let offset = 0;
  for (const { name, shape, init, stacked = 1, scale = 1, shift = 0 } of layout) {
    const count = sizeOf(shape);
    const [fanIn, fanOut] = [shape.at(-2) ?? 1, (shape.at(-1) ?? 1) / stacked];
    const drawn = INITIALIZERS[init]({ fanIn, fanOut, count }, random.fork(name));
    flat.set(scale === 1 && shift === 0 ? drawn : drawn.map((x) => scale * x + shift), offset);
    offset += count;
  }
  return flat;
}

/** Splits the flat vector `[P]` of a graph into named tensors. */
export function unflatten(layout: Layout, flat: Tensor): Record<string, Tensor> {
  const parts = split(
    flat,
    layout.map(({ shape }) => sizeOf(shape)),
    0,
  );
  return Object.fromEntries(layout.map(({ name, shape }, i) => [name, reshape(parts[i]!, shape)]));
}

/** One named tensor's values inside a flat vector on the host (a view, not a copy). */
export function parameterView(layout: Layout, flat: Float32Array, name: string): Float32Array {
  let offset = 0;
  for (const parameter of layout) {
    const count = sizeOf(parameter.shape);
    if (parameter.name === name) return flat.subarray(offset, offset + count);
    offset += count;
  }
  throw new RangeError(`no parameter is named ${name}`);
}
