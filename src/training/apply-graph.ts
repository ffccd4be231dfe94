import { type Tensor, input, reduceSum, toOnnx } from "../graph/index.js";
import { labelWidth, taskGroups } from "../model/groups.js";
import { type Layout, parameterCount, unflatten } from "../model/layout.js";
import { taskLosses } from "../model/losses.js";
import { network } from "../model/network.js";
import { predictions } from "../model/output-graph.js";
import type { ModelSpec } from "../model/spec.js";

/**
 * The forward pass with the parameters as an input, as ONNX: losses for early stopping and predictions for evaluation.
 *
 * Inputs `parameters [P]`, `encoded [R, D]`, `targets [R, V]`, `mask [R, T]`. Outputs `losses [T]`, `counts [T]` (labelled
 * rows) and per task `predict.<task>`; per clustering group also its embedding `output.<group> [M, R, G, Z]`.
 */
export function applyOnnx(spec: ModelSpec, layout: Layout): Uint8Array {
  const targetWidth = labelWidth(taskGroups(spec));
  const parameters = input("parameters", "float32", [parameterCount(layout)]);
  const encoded = input("encoded", "float32", ["batch", spec.inputs]);
  const targets = input("targets", "float32", ["batch", targetWidth]);
  const mask = input("mask", "float32", ["batch", spec.tasks.length]);
  const traced = network(spec, encoded, unflatten(layout, parameters));
  const outputs: Record<string, Tensor> = {
    losses: taskLosses(traced, targets, mask, encoded),
    counts: reduceSum(mask, [0]),
  };
  for (const [name, tensor] of Object.entries(predictions(spec, traced))) outputs[`predict.${name}`] = tensor;
  for (const { group, output } of traced.groups)
    if (!group.kind.supervised) outputs[`output.${group.name}`] = output;
  return toOnnx({ name: "apply", inputs: [parameters, encoded, targets, mask], outputs });
}
