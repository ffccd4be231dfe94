import type { TensorValue } from "../graph/tensor.js";

/** The buffers of all tensors among values, each once: what may leave a thread with them. */
export function buffersIn(values: unknown): ArrayBuffer[] {
  const tensors = Object.values((values ?? {}) as Record<string, Partial<TensorValue>>);
  const buffers = tensors.flatMap(({ data }) =>
    ArrayBuffer.isView(data) ? [data.buffer as ArrayBuffer] : [],
  );
  return [...new Set(buffers)];
}
