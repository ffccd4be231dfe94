import { type Tensor, input, reduceSum, toOnnx } from "../graph/index.js";
import { labelWidth, taskGroups } from "../model/groups.js";
import { type Layout, parameterCount, unflatten } from "../model/layout.js";
import { rowLosses, taskLosses } from "../model/losses.js";
import { type Network, network } from "../model/network.js";
import { predictions } from "../model/output-graph.js";
import type { ModelSpec } from "../model/spec.js";

/**
 * The forward pass with the parameters as an input, as ONNX: losses for early stopping and predictions for evaluation.
 *
 * Losses are those of what the members predict on average, since this is what the model predicts: each member may already
 * know its training rows too well while their average still gets better.
 *
 * Inputs `parameters [P]`, `encoded [R, D]`, `targets [R, V]`, `mask [R, T]`. Outputs `losses [T]`, `counts [T]` (labelled
 * rows) and per task `predict.<task>`; per clustering group also its embedding `output.<group> [M, R, G, Z]`; with `rows`
 * `rowLosses [R, T]`, 0 where a row has no label.
 */
export function applyOnnx(spec: ModelSpec, layout: Layout, { rows = false } = {}): Uint8Array {
  const targetWidth = labelWidth(taskGroups(spec));
  const parameters = input("parameters", "float32", [parameterCount(layout)]);
  const encoded = input("encoded", "float32", ["batch", spec.inputs]);
  const targets = input("targets", "float32", ["batch", targetWidth]);
  const mask = input("mask", "float32", ["batch", spec.tasks.length]);
  const traced = network(spec, encoded, unflatten(layout, parameters));
  const one = averaged(traced);
  const outputs: Record<string, Tensor> = {
    losses: taskLosses(one, targets, mask, encoded),
    ...(rows && { rowLosses: rowLosses(one, targets, mask, encoded) }),
    counts: reduceSum(mask, [0]),
  };
  for (const [name, tensor] of Object.entries(predictions(spec, traced))) outputs[`predict.${name}`] = tensor;
  for (const { group, output } of traced.groups)
    if (!group.kind.supervised) outputs[`output.${group.name}`] = output;
  return toOnnx({ name: "apply", inputs: [parameters, encoded, targets, mask], outputs });
}

/** The same network with one output for all members wherever the kind has one. */
function averaged(traced: Network): Network {
  const groups = traced.groups.map((one) => {
    const { average } = one.group.kind;
    return one.output.shape[0] === 1 || !average ? one : { ...one, output: average(one.output) };
  });
  return { ...traced, groups };
}
