import {
  type Dim,
  type Tensor,
  add,
  concat,
  constant,
  matmul,
  mul,
  pad,
  relu,
  reshape,
  slice,
  split,
  stopGradient,
  transpose,
} from "../graph/index.js";
import type { Link } from "../relations/links.js";
import { type GroupOutput, taskOutput } from "./group-output.js";
import type { TaskGroup } from "./groups.js";
import { type HeadChunks, headChunks } from "./head-chunks.js";
import { headLinks, linkName } from "./layout.js";
import type { Features } from "./sharing/architecture.js";
import type { ModelSpec } from "./spec.js";

/** What the heads of one group are traced from. */
export interface HeadContext {
  readonly spec: ModelSpec;
  readonly group: TaskGroup;
  /** What heads read: one tensor for all tasks, or features of each task's own. */
  readonly features: Features;
  /** Gains of all tasks `[T, H]` in the order of the groups; undefined without task vectors. */
  readonly gains: Tensor | undefined;
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** Groups already traced: parents come before their children. */
  readonly done: readonly GroupOutput[];
  /** The group's first layer, where it was traced together with others. */
  readonly joint?: FirstLayer | undefined;
}

/** First layers of heads before their activation `[lead, R, size·first]`, and the weights that made them `[lead, H, size·first]`. */
type FirstLayer = NonNullable<GroupOutput["ofShared"]>;

/**
 * The heads of one group: linear, or with a hidden layer of each task's own.
 *
 * Heads stand side by side in chunks (see `headChunks`), so that all of them are a few wide matrix products.
 */
export function heads(context: HeadContext): Pick<GroupOutput, "output" | "ofShared"> {
  const { spec, group, features, parameters } = context;
  const { shared } = features;
  if (!shared) return headsOfOwn(context, features.perTask!); // one of the two is there
  const [M, R, H] = [spec.members, shared.shape.at(-2)!, spec.trunk.at(-1)!];
  const chunks = headChunks(spec, group);
  const { count: C, size } = chunks;
  const lead = leadOf(spec, chunks);
  const of = (key: string): Tensor => parameters[`heads.${group.name}.${key}`]!;

  const h = M > 1 && C > 1 ? reshape(shared, [M, 1, R, H]) : shared;
  const ofShared = context.joint ?? firstLayer(h, ...firstParameters(context));
  const z = withParents(context, ofShared.first, chunks);
  if (spec.head === 0) return { output: reshape(z, [M, R, size, group.width]), ofShared };

  const last = lastLayer(of("output.weight"), [...lead, size, spec.head, group.width]);
  const outBias = biasOf(of("output.bias"), lead, size * group.width);
  const out = add(matmul(relu(z), last, { transposeB: true }), outBias); // [lead, R, size * W]
  const output = byTask(out, [M, R, group.tasks.length, group.width], chunks);
  return { output, ofShared };
}

/**
 * The linear heads of all groups as one product, by group; undefined where it would be none. Products with few columns cost about
 * as much as one with 16, and one of their sum needs no adding up on the way back.
 */
export function jointHeads(contexts: readonly HeadContext[]): FirstLayer[] | undefined {
  const [one] = contexts;
  const { shared } = one!.features; // a model has tasks
  if (!shared || one!.spec.head > 0 || contexts.length === 1) return undefined;
  const parts = contexts.map(firstParameters);
  const widths = parts.map(([weight]) => Number(weight.shape.at(-1))); // heads are counted
  const side = (tensors: readonly Tensor[]): Tensor => concat(tensors, tensors[0]!.shape.length - 1);
  const { first } = firstLayer(
    shared,
    side(parts.map(([weight]) => weight)),
    side(parts.map(([, bias]) => bias)),
  );
  return split(first, widths, first.shape.length - 1).map((own, i) => ({ first: own, weight: parts[i]![0] }));
}

const firstLayer = (h: Tensor, weight: Tensor, bias: Tensor): FirstLayer => ({
  first: add(matmul(h, weight), bias),
  weight,
});

/** The first weights with their gains and the first biases, in the form in which they are used. */
function firstParameters(context: HeadContext): [weight: Tensor, bias: Tensor] {
  const { spec, group, parameters } = context;
  const chunks = headChunks(spec, group);
  const [lead, H] = [leadOf(spec, chunks), spec.trunk.at(-1)!];
  const first = spec.head > 0 ? spec.head : group.width;
  const of = (key: string): Tensor => parameters[`heads.${group.name}.${key}`]!;
  const weight = reshape(gained(context, of("weight"), first), [...lead, H, chunks.size * first]);
  return [weight, biasOf(of("bias"), lead, chunks.size * first)];
}

const leadOf = ({ members }: ModelSpec, { count }: HeadChunks): number[] =>
  [members, count].filter((n) => n > 1);

/** The heads of one group on features of each task's own `[T, M, R, H]`: products with the tasks as their first axis. */
function headsOfOwn(context: HeadContext, perTask: Tensor): Pick<GroupOutput, "output"> {
  const { spec, group, parameters } = context;
  const [M, G, H, W] = [spec.members, group.tasks.length, spec.trunk.at(-1)!, group.width];
  const first = spec.head > 0 ? spec.head : W;
  const { count, size } = headChunks(spec, group);
  const of = (key: string): Tensor => parameters[`heads.${group.name}.${key}`]!;
  const ofGroup = (x: Tensor, from: number): Tensor =>
    x.shape[0] === G ? x : slice(x, [from], [from + G], [0]);
  const side = (x: Tensor, lines: number): Tensor =>
    ofGroup(
      reshape(transpose(reshape(x, [M, count, lines, size, first]), [1, 3, 0, 2, 4]), [
        count * size,
        M,
        lines,
        first,
      ]),
      0,
    ); // [G, M, lines, first]
  const h = ofGroup(perTask, group.maskOffset); // [G, M, R, H]
  const own = add(matmul(h, side(gained(context, of("weight"), first), H)), side(of("bias"), 1));
  const z = withParentsOf(context, own);
  const last = (key: string): Tensor => ofGroup(transpose(of(key), [1, 0, 2, 3]), 0);
  const out = spec.head === 0 ? z : add(matmul(relu(z), last("output.weight")), last("output.bias")); // [G, M, R, W]
  return { output: transpose(out, [1, 2, 0, 3]) };
}

/** Adds each parent's prediction to its child's part of `z` `[G, M, R, first]`. */
function withParentsOf({ spec, group, parameters, done }: HeadContext, z: Tensor): Tensor {
  const links = linksOf(spec, group);
  if (links.every((list) => list.length === 0)) return z;
  const fed = inParts(z, group.tasks.length, 0).map((part, place) =>
    links[place]!.reduce((sum, link) => {
      const signal = matmul(parentSignal(spec, link, done), parameters[linkName(link)]!); // [M, R, first]
      return add(sum, reshape(signal, part.shape));
    }, part),
  );
  return joined(fed, 0);
}

/** The links that lead to each task of a group. */
const linksOf = (spec: ModelSpec, group: TaskGroup): Link[][] =>
  group.tasks.map((t) =>
    headLinks(spec).filter((link) => link.kind === "parent-child" && link.to === spec.tasks[t]!.name),
  );

/** A bias as it is added to `[lead, R, width]`: a plain vector without leading axes, which makes one fused product. */
function biasOf(bias: Tensor, lead: readonly number[], width: number): Tensor {
  return reshape(bias, lead.length === 0 ? [width] : [...lead, 1, width]);
}

/** The first weights `[M, C, H, size·first]` with each task's columns times its gains, which are those of the rows' inputs. */
function gained({ spec, group, gains }: HeadContext, weight: Tensor, first: number): Tensor {
  if (!gains) return weight;
  const [M, G, H] = [spec.members, group.tasks.length, spec.trunk.at(-1)!];
  const { count: C, size } = headChunks(spec, group);
  const own = G === spec.tasks.length ? gains : slice(gains, [group.maskOffset], [group.maskOffset + G], [0]); // [G, H]
  const empty = C * size - G;
  const places = empty === 0 ? own : pad(own, [0, 0], [empty, 0]);
  const turned = transpose(reshape(places, [C, size, H]), [0, 2, 1]); // [C, H, size]
  return mul(reshape(weight, [M, C, H, size, first]), reshape(turned, [C, H, size, 1]));
}

/** The second layers of each chunk as one matrix `[lead, size·W, size·first]`, a block for each task on its diagonal. */
function lastLayer(weight: Tensor, shape: readonly number[]): Tensor {
  const lead = shape.slice(0, -3);
  const [size, first, width] = shape.slice(-3) as [number, number, number]; // three axes beside the leading ones
  const axes = [...lead.keys(), lead.length, lead.length + 2, lead.length + 1];
  const turned = width === 1 ? weight : transpose(reshape(weight, shape), axes); // [lead, size, W, first]
  if (size === 1) return reshape(turned, [...lead, width, first]);
  const identity = Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));
  const data = weight.dtype === "float64" ? Float64Array.from(identity) : identity;
  const blocks = constant({ dtype: weight.dtype, shape: [size, 1, size, 1], data });
  const spread = mul(reshape(turned, [...lead, size, width, 1, first]), blocks);
  return reshape(spread, [...lead, size * width, size * first]);
}

/** `[lead, R, size·W]` as `[M, R, G, W]`, empty places left out. */
function byTask(
  out: Tensor,
  [M, R, G, W]: readonly [number, Dim, number, number],
  { count, size }: HeadChunks,
): Tensor {
  if (count === 1) return reshape(out, [M, R, G, W]);
  const chunks = reshape(out, [M, count, R, size * W]);
  const rows = reshape(transpose(chunks, [0, 2, 1, 3]), [M, R, count * size, W]);
  return count * size === G ? rows : slice(rows, [0], [G], [2]);
}

/** Adds each parent's prediction, through the link's matrix, to its child's part of `z` `[lead, R, size·first]`. */
function withParents(
  { spec, group, parameters, done }: HeadContext,
  z: Tensor,
  { count, size }: HeadChunks,
): Tensor {
  const links = linksOf(spec, group);
  if (links.every((list) => list.length === 0)) return z;
  const [chunkAxis, columns] = [z.shape.length - 3, z.shape.length - 1];
  const chunks = inParts(z, count, chunkAxis).map((chunk, k) => {
    const fed = inParts(chunk, size, columns).map((part, place) =>
      (links[k * size + place] ?? []).reduce((sum, link) => {
        const signal = matmul(parentSignal(spec, link, done), parameters[linkName(link)]!); // [M, R, first]
        return add(sum, reshape(signal, part.shape));
      }, part),
    );
    return joined(fed, columns);
  });
  return joined(chunks, chunkAxis);
}

function inParts(x: Tensor, count: number, axis: number): Tensor[] {
  if (count === 1) return [x];
  const each = Number(x.shape[axis]) / count; // chunks and heads are counted when the model is traced
  return split(
    x,
    Array.from({ length: count }, () => each),
    axis,
  );
}

const joined = (parts: readonly Tensor[], axis: number): Tensor =>
  parts.length === 1 ? parts[0]! : concat(parts, axis);

function parentSignal(spec: ModelSpec, link: Link, done: readonly GroupOutput[]): Tensor {
  const parent = spec.tasks.findIndex((task) => task.name === link.from);
  const source = done.find(({ group }) => group.tasks.includes(parent))!;
  const { output, parameters } = taskOutput(source, source.group.tasks.indexOf(parent));
  return stopGradient(source.group.kind.signal(output, parameters)); // the child may read the parent, not bend it
}
