import { type Dim, type Tensor, input, reduceMean, reshape, toOnnx } from "../graph/index.js";
import { parameterCount, unflatten } from "../model/layout.js";
import { network } from "../model/network.js";
import type { Gate } from "../model/sharing/architecture.js";
import type { Runtime } from "../runtime/runtime.js";
import type { Fitted } from "../training/fitted.js";
import { type TrainingData, floats, takeRows } from "../training/training-data.js";

const MOST_ROWS = 2000; // whose weights are averaged: more hardly move a mean

/** How much of each thing its readers read. */
export interface Mixture {
  readonly name: string;
  readonly readers: readonly string[];
  readonly choices: readonly string[];
  /** A line for each reader, an entry for each choice; a line sums to 1. */
  readonly weights: readonly (readonly number[])[];
}

/**
 * With which weights a trained model mixes what tasks share: of each gate the mean over members and over rows, test rows first. Empty
 * for a way of sharing without gates.
 */
export async function mixturesOf(
  { spec, layout, parameters }: Pick<Fitted, "spec" | "layout" | "parameters">,
  data: TrainingData,
  runtime: Runtime,
): Promise<Mixture[]> {
  const flat = input("parameters", "float32", [parameterCount(layout)]);
  const encoded = input("encoded", "float32", ["batch", spec.inputs]);
  const gates = Object.entries(network(spec, encoded, unflatten(layout, flat)).gates);
  if (gates.length === 0) return [];
  const outputs = Object.fromEntries(gates.map(([name, gate]) => [name, meanWeights(gate)]));
  const session = await runtime.open(toOnnx({ name: "mixtures", inputs: [flat, encoded], outputs }));
  try {
    const { test, train } = data.split;
    const rows = (test.length > 0 ? test : train).subarray(0, MOST_ROWS);
    const encoder = await data.streamed?.encoder(session);
    const values = encoder ? await encoder.encode(rows) : takeRows(data.encoded, data.width, rows);
    await encoder?.close();
    const found = await session.run({
      parameters: floats(parameters, [parameters.length]),
      encoded: floats(values, [rows.length, data.width]),
    });
    return gates.map(([name, { readers, choices }]) => {
      const weights = found[name]!.data as Float32Array;
      const line = (i: number): number[] => [
        ...weights.subarray(i * choices.length, (i + 1) * choices.length),
      ];
      return { name, readers, choices, weights: readers.map((_, i) => line(i)) };
    });
  } finally {
    await session.close();
  }
}

/** The mean over all axes but the first and the last. */
function meanWeights({ weights }: Gate): Tensor {
  const axes = [...weights.shape.keys()].slice(1, -1);
  const ends: Dim[] = [weights.shape[0]!, weights.shape.at(-1)!];
  return axes.length === 0 ? weights : reshape(reduceMean(weights, axes), ends);
}
