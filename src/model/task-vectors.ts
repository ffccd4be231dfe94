import { taskDescriptors } from "../relations/task-vectors.js";
import { DESCRIPTOR_WIDTH } from "../tasks/task-kind.js";
import { type Layout, parameterView } from "./layout.js";
import type { ModelSpec } from "./spec.js";

/** The task vectors of a trained model, `[T, DESCRIPTOR_WIDTH + E]` row-major: descriptor, then learned embedding if there is one. */
export function taskVectors(spec: ModelSpec, layout: Layout, parameters: Float32Array): Float64Array {
  const descriptors = taskDescriptors(spec.tasks);
  if (spec.embedding === 0) return descriptors;
  const embedding = parameterView(layout, parameters, "tasks.embedding");
  const width = DESCRIPTOR_WIDTH + spec.embedding;
  const vectors = new Float64Array(spec.tasks.length * width);
  spec.tasks.forEach((_, t) => {
    vectors.set(descriptors.subarray(t * DESCRIPTOR_WIDTH, (t + 1) * DESCRIPTOR_WIDTH), t * width);
    vectors.set(
      embedding.subarray(t * spec.embedding, (t + 1) * spec.embedding),
      t * width + DESCRIPTOR_WIDTH,
    );
  });
  return vectors;
}
