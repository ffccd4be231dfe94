import type { Tensor } from "../graph/index.js";
import { layer, split } from "../graph/index.js";
import { taskOutput } from "./group-output.js";
import type { Network } from "./network.js";
import type { ModelSpec } from "./spec.js";

/** Every task's averaged prediction: `[R]` in original units for regression, probabilities `[R, K]` for the others. */
export function predictions(spec: ModelSpec, traced: Network): Record<string, Tensor> {
  const found: [string, Tensor][] = [];
  for (const source of traced.groups) {
    source.group.tasks.forEach((t, position) => {
      const { name, coding } = spec.tasks[t]!;
      const { output, parameters } = taskOutput(
        { ...source, output: source.predicted ?? source.output },
        position,
      );
      found.push([
        name,
        layer(`predict.${name}`, () => source.group.kind.predict(output, coding, parameters)),
      ]);
    });
  }
  const byName = new Map(found);
  return Object.fromEntries(spec.tasks.map(({ name }) => [name, byName.get(name)!]));
}

/**
 * The outputs of a saved model by task, for people: `<task>` is the number, label or cluster, `<task>_probabilities` the
 * probability of each class.
 */
export function decoded(spec: ModelSpec, traced: Network): Record<string, Record<string, Tensor>> {
  const kinds = new Map(
    traced.groups.flatMap(({ group }) => group.tasks.map((t) => [spec.tasks[t]!.name, group.kind] as const)),
  );
  const outputs = Object.entries(predictions(spec, traced)).map(([name, prediction]) => {
    const coding = spec.tasks.find((task) => task.name === name)!.coding;
    const own = Object.entries(kinds.get(name)!.decode(prediction, coding));
    const named = own.map(([suffix, tensor]) => [suffix === "" ? name : `${name}_${suffix}`, tensor]);
    return [name, Object.fromEntries(named) as Record<string, Tensor>] as const;
  });
  return Object.fromEntries(outputs);
}

/** Columns of a table of labels or masks that belong to each group: `[R, Σ]` → per group `[R, G·V]` or `[R, G]`. */
export function splitByGroup(traced: Network, table: Tensor, columns: "targets" | "mask"): Tensor[] {
  const sizes = traced.groups.map(
    ({ group }) => group.tasks.length * (columns === "targets" ? group.targetWidth : 1),
  );
  return sizes.length === 1 ? [table] : split(table, sizes, 1);
}
