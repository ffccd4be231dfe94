import type { LoopAttributes } from "../loop-cotangents.js";
import type { BatchContext } from "../op.js";
import type { Tensor } from "../tensor.js";

/** K loops at once, with as many trips each: what comes to depend on something batched in some trip gets the leading axis. */
export function batchLoop(context: BatchContext<LoopAttributes>): readonly Tensor[] | undefined {
  const { inputs, batched, attributes, repeated, emit, emitAll } = context;
  const { carried } = attributes;
  if (batched[0]) return undefined;
  const flags = [false, ...batched.slice(1)]; // the iteration first
  let body = context.body(attributes.body, flags);
  for (let grown = true; grown;) {
    grown = false;
    body.batched.slice(0, carried).forEach((found, i) => {
      if (!found || flags[i + 1]) return;
      flags[i + 1] = true;
      grown = true;
    });
    if (grown) body = context.body(attributes.body, flags);
  }
  const { subgraph } = body;
  const outputs = subgraph.outputs.map((output, i) =>
    i < carried && flags[i + 1] && !body.batched[i] ? repeated(output) : output,
  );
  const state = inputs.slice(1).map((x, i) => (flags[i + 1] && !batched[i + 1] ? repeated(x) : x));
  const made = emitAll("loop", [inputs[0]!, ...state], {
    body: { inputs: subgraph.inputs, outputs },
    carried,
  });
  return made.map((y, i) => {
    if (i < carried || !body.batched[i]) return y;
    return emit("transpose", [y], { perm: [1, 0, ...y.shape.map((_, axis) => axis).slice(2)] }); // [K, trips, …]
  });
}
