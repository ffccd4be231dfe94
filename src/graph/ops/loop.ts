import { batchLoop } from "../batching/loop.js";
import { type LoopAttributes, loopCotangents } from "../loop-cotangents.js";
import { rowMap } from "../onnx/row-map.js";
import { type Op, defineOp } from "../op.js";
import { sameShape } from "../shape.js";
import { formal } from "../sources.js";
import type { Dim, Subgraph, Tensor } from "../tensor.js";
import { type Value, numbers } from "../value.js";

/** How a loop is made. */
export interface LoopOptions {
  /** How many times the body runs: an int64 scalar. */
  readonly trips: Tensor;
  /** First values of what goes from one trip to the next. */
  readonly carried: readonly Tensor[];
  /** Traced once. It may use tensors of the graph around it; `iteration` is an int64 scalar from 0. */
  readonly body: (
    iteration: Tensor,
    carried: Tensor[],
  ) => { readonly carried: readonly Tensor[]; readonly scans?: readonly Tensor[] };
}

/** Last values of what was carried, and what each trip gave, stacked along a new first axis named `trips`. */
export interface LoopResult {
  readonly carried: Tensor[];
  readonly scans: Tensor[];
}

const build = defineOp<
  LoopAttributes,
  (trips: Tensor, initial: readonly Tensor[], attributes: LoopAttributes) => Tensor[]
>(
  {
    slug: "loop",
    infer({ inputs, attributes: { body, carried }, fail }) {
      const [trips, ...initial] = inputs;
      if (trips!.dtype !== "int64" || trips!.shape.length > 0)
        throw fail("trips", "an int64 scalar", "Cast it.", `${trips!.dtype} [${trips!.shape.join(", ")}]`);
      if (carried !== initial.length)
        throw fail(
          "body",
          `a function that gives ${initial.length} carried tensors`,
          undefined,
          String(carried),
        );
      initial.forEach(({ shape, dtype }, i) => {
        const next = body.outputs[i]!;
        if (next.dtype === dtype && sameShape(next.shape, shape)) return;
        const got = `${next.dtype} [${next.shape.join(", ")}]`;
        throw fail(
          `carried tensor ${i}`,
          `${dtype} [${shape.join(", ")}] after a trip, as before it`,
          undefined,
          got,
        );
      });
      const scanned = body.outputs
        .slice(carried)
        .map(({ shape, dtype }) => ({ shape: [tripCount(trips!), ...shape], dtype }));
      return [...initial.map(({ shape, dtype }) => ({ shape, dtype })), ...scanned];
    },
    vjp: loopCotangents,
    batch: batchLoop,
    onnx({ node, inputs, outputs, attributes, emit, body }) {
      const [trips, ...initial] = inputs;
      const written = body(attributes.body);
      const rows = rowMap(node, written);
      if (rows) {
        const settings = { num_scan_inputs: rows.stacks.length, body: rows.body };
        emit("Scan", rows.stacks, { outputs, attributes: settings });
      } else emit("Loop", [trips!, "", ...initial], { outputs, attributes: { body: written } });
    },
    reference({ node, inputs, attributes: { body, carried }, run }) {
      const [trips, ...initial] = inputs;
      const count = Math.max(0, numbers(trips!)[0]!);
      const collected = body.outputs.slice(carried).map((): Value[] => []);
      let state: readonly Value[] = initial;
      for (let i = 0; i < count; i++) {
        const iteration = { shape: [], data: Float64Array.of(i) };
        const results = run(body, [iteration, ...state]);
        state = results.slice(0, carried);
        results.slice(carried).forEach((scan, k) => collected[k]!.push(scan));
      }
      return [
        ...state,
        ...collected.map((scans, k) => stacked(scans, node.outputs[carried + k]!.shape.slice(1))),
      ];
    },
  },
  (apply) => (trips, initial, attributes) => [...apply([trips, ...initial], attributes)],
);

/**
 * Runs a body so many times, carrying tensors from trip to trip.
 *
 * A loop over constant trips that carries nothing and uses its iteration only to `gather` row after row along axis 0 is written
 * as a map over rows, which copies nothing.
 *
 * Gradients flow through it, to what it carries and to what its body takes from outside: the gradient is a second loop that
 * runs the trips backwards. It keeps what each trip was handed and computes the trip again, so that memory grows by the
 * carried tensors for each trip. Through no trips the gradients of what only the body uses are zeros.
 *
 * @throws {ShapeError} if a carried tensor changes its shape or type.
 */
export const loop: Op<(options: LoopOptions) => LoopResult> = Object.assign(
  ({ trips, carried, body }: LoopOptions): LoopResult => {
    const iteration = formal("int64", []);
    const formals = carried.map(({ dtype, shape }) => formal(dtype, shape));
    const traced = body(iteration, [...formals]);
    const subgraph: Subgraph = {
      inputs: [iteration, ...formals],
      outputs: [...traced.carried, ...(traced.scans ?? [])],
    };
    const results = build(trips, carried, { body: subgraph, carried: traced.carried.length });
    return { carried: results.slice(0, carried.length), scans: results.slice(carried.length) };
  },
  { definition: build.definition },
);

function tripCount({ node }: Tensor): Dim {
  const { value } = node.attributes;
  if (node.op !== "constant" || typeof value !== "object" || !("dtype" in value)) return "trips";
  return Math.max(0, Number(value.data[0]));
}

/** Real sizes of an empty stack are unknown where they are symbolic: 0 stands for them. */
function stacked(scans: readonly Value[], shape: readonly Dim[]): Value {
  const inner = scans[0]?.shape ?? shape.map((dim) => (typeof dim === "number" ? dim : 0));
  if (scans.length > 0 && !(scans[0]!.data instanceof Float64Array))
    return { shape: [scans.length, ...inner], data: scans.flatMap(({ data }) => [...data].map(String)) };
  return {
    shape: [scans.length, ...inner],
    data: Float64Array.from(scans.flatMap((scan) => [...numbers(scan)])),
  };
}
