import type { DType } from "../tensor.js";

/** Numbers of the element types in ONNX (`TensorProto.DataType`). */
export const ELEMENT_TYPES = {
  float32: 1,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float64: 11,
} as const satisfies Record<DType, number>;

/** The element type with this number in ONNX, if a graph can hold it. */
export function dtypeOf(elementType: number | undefined): DType | undefined {
  const found = Object.entries(ELEMENT_TYPES).find(([, number]) => number === elementType);
  return found?.[0] as DType | undefined; // keys of ELEMENT_TYPES
}
