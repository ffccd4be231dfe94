import type * as common from "onnxruntime-common";
import { RuntimeFailure } from "../base/errors.js";
import type { DType, TensorValue } from "../graph/tensor.js";

/** What Kindred uses of an ONNX Runtime module, native or WebAssembly. */
export type OrtModule = Pick<typeof common, "InferenceSession" | "Tensor" | "env">;

/** What ONNX Runtime says about one input or output of a model. */
export type OrtMetadata = common.InferenceSession.ValueMetadata;

/** The array class that carries each element type; strings travel in a plain array. */
const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  string: Array,
} as const satisfies Record<DType, unknown>;

const DTYPES = Object.keys(ARRAYS);

const isDType = (type: unknown): type is DType => typeof type === "string" && Object.hasOwn(ARRAYS, type);

/** Writes `float32 [batch, 2]`: how a tensor is named in messages. */
export function describeTensor(dtype: string, shape: readonly (number | string)[]): string {
  return `${dtype} [${shape.map((dim) => (dim === "" || dim === -1 ? "?" : dim)).join(", ")}]`;
}

/**
 * Checks that a value is well formed and fits the model's declaration of `subject`.
 *
 * ONNX Runtime reports an unknown rank and a scalar alike (an empty shape), so the rank is checked only against
 * a declaration that has one.
 *
 * @throws {RuntimeFailure} naming the subject, what the model declares and what came.
 */
export function checkValue(subject: string, value: TensorValue | undefined, declared: OrtMetadata): void {
  checkForm(subject, value);
  if (!declared.isTensor) return;
  const { type, shape } = declared;
  const ranked = shape.length > 0;
  const fits =
    value.dtype === type &&
    (!ranked || shape.length === value.shape.length) &&
    (!ranked || shape.every((dim, i) => typeof dim === "string" || dim < 0 || dim === value.shape[i]));
  if (fits) return;
  throw new RuntimeFailure({
    where: "session",
    subject,
    expected: ranked ? describeTensor(type, shape) : type,
    got: describeTensor(value.dtype, value.shape),
  });
}

/** Whether a value passes `checkValue`, found out without making anything: false also for what only it can tell. */
export function isPlainlyFit(value: TensorValue | undefined, declared: OrtMetadata): boolean {
  if (!declared.isTensor || value?.dtype !== declared.type || !Array.isArray(value.shape)) return false;
  const { shape, data } = value;
  const rank = declared.shape.length;
  if (rank === 0 || rank !== shape.length || !isDType(value.dtype)) return false;
  if (!(data instanceof ARRAYS[value.dtype])) return false;
  let size = 1;
  for (let i = 0; i < rank; i++) {
    const [dim, wanted] = [shape[i]!, declared.shape[i]!];
    if (!Number.isInteger(dim) || dim < 0) return false;
    if (typeof wanted === "number" && wanted >= 0 && wanted !== dim) return false;
    size *= dim;
  }
  return size === data.length;
}

/**
 * Checks that a value is well formed: a known element type, the array that carries it, and a shape of its length.
 *
 * @throws {RuntimeFailure} naming the subject and what came.
 */
export function checkForm(subject: string, value: TensorValue | undefined): asserts value is TensorValue {
  const fail = (expected: string, got: string) =>
    new RuntimeFailure({ where: "session", subject, expected, got });
  const { dtype, shape, data }: Partial<TensorValue> = value ?? {};
  if (!isDType(dtype)) {
    throw fail(`a value of dtype ${DTYPES.join(", ")}`, value ? `dtype ${String(dtype)}` : String(value));
  }
  if (!Array.isArray(shape) || !shape.every((dim) => Number.isInteger(dim) && dim >= 0)) {
    throw fail("a value with a shape of whole numbers", `shape ${JSON.stringify(shape) ?? "undefined"}`);
  }
  if (!(data instanceof ARRAYS[dtype])) {
    throw fail(`held in ${dtype === "string" ? "an" : "a"} ${ARRAYS[dtype].name} for ${dtype}`, nameOf(data));
  }
  const size = shape.reduce((product, dim) => product * dim, 1);
  if (size !== data.length) {
    throw fail(`${size} elements long for ${describeTensor(dtype, shape)}`, String(data.length));
  }
}

const nameOf = (data: unknown): string =>
  typeof data === "object" && data !== null ? data.constructor.name : typeof data;

/** Makes an ONNX Runtime tensor that shares the value's array. */
export function toOrt(ort: OrtModule, { dtype, data, shape }: TensorValue): common.Tensor {
  // The overloads pair each type with its array; `checkValue` has checked that pair at run time.
  const Tensor = ort.Tensor as unknown as new (
    type: DType,
    data: TensorValue["data"],
    dims: readonly number[],
  ) => common.Tensor;
  return new Tensor(dtype, data, [...shape]);
}

/**
 * Reads an ONNX Runtime tensor as a value that shares its array.
 *
 * @throws {RuntimeFailure} if its element type is not one of Kindred's.
 */
export function fromOrt(subject: string, tensor: common.Tensor): TensorValue {
  const { type, dims, data } = tensor;
  if (!isDType(type)) {
    const expected = `of one of the types ${DTYPES.join(", ")}`;
    throw new RuntimeFailure({ where: "session", subject, expected, got: type });
  }
  return { dtype: type, shape: [...dims], data: data as TensorValue["data"] }; // ORT pairs type and array itself
}

/** Copies a value, its array included. */
export const copyValue = (value: TensorValue): TensorValue => ({
  dtype: value.dtype,
  shape: [...value.shape],
  data: value.data.slice(),
});
