import type { VjpContext } from "./op.js";
import { isFloat } from "./shape.js";
import { formal } from "./sources.js";
import type { Subgraph, Tensor } from "./tensor.js";
import { order } from "./traversal.js";

/** Attributes of a loop. */
export interface LoopAttributes {
  readonly body: Subgraph;
  /** Number of carried tensors; what the body gives after them is stacked. */
  readonly carried: number;
  readonly [key: string]: number | Subgraph;
}

type Context = VjpContext<LoopAttributes>;

/**
 * Cotangents of a loop's inputs and captures, by a second loop that runs the trips backwards.
 *
 * A forward loop stacks what each trip was handed. The reverse loop carries the cotangents of what is carried and, as sums, those
 * of what the body captures; in each trip it computes the body again from what was handed and pulls the cotangents back
 * through it, those of that trip's scans included.
 *
 * @see Griewank & Walther 2008, "Evaluating Derivatives", ch. 12 (checkpoints; here one for each trip).
 */
export function loopCotangents(context: Context): readonly (Tensor | undefined)[] {
  const { inputs, outputs, captures, cotangents, wanted, attributes, emit, emitAll, scalar, full } = context;
  const { carried, body } = attributes;
  const formals = body.inputs.slice(1);
  const active = activeFormals(context);
  const summed = captures.flatMap((_, i) => (wanted[inputs.length + i] ? [i] : []));
  const wrt = [...active.map((i) => formals[i]!), ...summed.map((i) => captures[i]!)];
  const zero = (tensor: Tensor): Tensor => full(scalar(0, tensor.dtype), tensor);

  const [trip, next] = [formal("int64", []), active.map((i) => like(formals[i]!))];
  const sums = summed.map((i) => like(captures[i]!));
  const last = emit("sub", [inputs[0]!, scalar(1, "int64")]);
  const at = emit("sub", [last, trip]);
  const of = body.outputs.map((_, k) => {
    if (k >= carried) return scanCotangent(context, k, at);
    const place = active.indexOf(k);
    return place < 0 ? undefined : next[place];
  });
  const found = context.pullback(body, of, wrt);
  const pulled = wrt.map((_, k) => {
    const stand = [...next, ...sums][k]!;
    if (k < active.length) return full(found[k] ?? scalar(0, stand.dtype), stand);
    return found[k] ? emit("add", [stand, found[k]]) : stand;
  });
  const substituted = withHanded(context, pulled, at);
  const reverse: Subgraph = { inputs: [trip, ...next, ...sums], outputs: substituted };

  const starts = [
    ...active.map((i) => full(cotangents[i] ?? scalar(0, outputs[i]!.dtype), outputs[i]!)),
    ...summed.map((i) => zero(captures[i]!)),
  ];
  if (starts.length === 0) return [];
  const ends = emitAll("loop", [inputs[0]!, ...starts], { body: reverse, carried: starts.length });
  const result: (Tensor | undefined)[] = [...inputs, ...captures].map(() => undefined);
  active.forEach((i, k) => (result[i + 1] = ends[k]));
  summed.forEach((i, k) => (result[inputs.length + i] = ends[active.length + k]));
  return result;
}

const like = ({ dtype, shape }: Tensor): Tensor => formal(dtype, shape);

/** Places of the carried tensors that depend, in some trip, on what needs a cotangent. */
function activeFormals({ attributes, inputs, captures, wanted, dependent }: Context): readonly number[] {
  const { body, carried } = attributes;
  const captured = captures.filter((_, i) => wanted[inputs.length + i]);
  const active = new Set(body.inputs.slice(1).flatMap((_, i) => (wanted[i + 1] ? [i] : [])));
  for (let before = -1; before < active.size;) {
    before = active.size;
    const wrt = [...[...active].map((i) => body.inputs[i + 1]!), ...captured];
    const found = dependent(body, wrt).slice(0, carried);
    found.forEach((depends, i) => depends && active.add(i));
  }
  return [...active].filter((i) => isFloat(body.inputs[i + 1]!.dtype)).sort((a, b) => a - b);
}

/** The cotangent of what one trip stacked; one that is the same for all trips is taken as it is. */
function scanCotangent(
  { outputs, cotangents, full, emit }: Context,
  k: number,
  at: Tensor,
): Tensor | undefined {
  const [g, of] = [cotangents[k], outputs[k]!];
  if (!g || g.shape.length < of.shape.length) return g;
  return emit("gather", [full(g, of), at], { axis: 0 });
}

/** Puts what trip `at` was handed in place of the formals of the body. */
function withHanded(context: Context, tensors: readonly Tensor[], at: Tensor): readonly Tensor[] {
  const { inputs, attributes, emit, emitAll, substitute } = context;
  const { body, carried } = attributes;
  const used = new Set(order(tensors));
  const needed = body.inputs.map((_, i) => i).filter((i) => i > 0 && used.has(body.inputs[i]!.node));
  const kept = needed.filter((i) => body.outputs[i - 1] !== body.inputs[i]); // others never change
  const fresh = body.inputs.map(like);
  const state = substitute(body.outputs.slice(0, carried), body.inputs, fresh);
  const scans = kept.map((i) => fresh[i]!);
  const forward: Subgraph = { inputs: fresh, outputs: [...state, ...scans] };
  const stacks = kept.length === 0 ? [] : emitAll("loop", inputs, { body: forward, carried }).slice(carried);
  const handed = needed.map((i) => {
    const place = kept.indexOf(i);
    return place < 0 ? inputs[i]! : emit("gather", [stacks[place]!, at], { axis: 0 });
  });
  const from = [body.inputs[0]!, ...needed.map((i) => body.inputs[i]!)];
  return substitute(tensors, from, [at, ...handed]);
}
