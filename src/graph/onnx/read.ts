import { DataError } from "../../base/errors.js";
import type { DType, Dim } from "../tensor.js";
import { dtypeOf } from "./element-types.js";
import { type ModelProto, type ValueInfoProto, decodeModel } from "./schema.js";

/** One input or output of a model file. */
export interface OnnxPort {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

/** What a model file says of itself. */
export interface OnnxDescription {
  readonly metadata: Record<string, string>;
  readonly inputs: OnnxPort[];
  readonly outputs: OnnxPort[];
  readonly irVersion: number;
  /** Version of the standard operator set. */
  readonly opset: number;
  readonly producer: string;
}

/**
 * Reads what a model file says of itself; its operations are not looked at.
 *
 * @param where the file as the user named it, for messages.
 * @throws {DataError} if the bytes are not a whole ONNX model.
 */
export function readOnnx(bytes: Uint8Array, where = "onnx"): OnnxDescription {
  const model = decoded(bytes, where);
  const graph = model.graph;
  const opset = model.opsetImport.find(({ domain }) => !domain || domain === "ai.onnx");
  if (!model.irVersion || !graph || !opset)
    throw notOnnx(where, `${bytes.length} bytes of something else, or part of one`);
  const fixed = new Set(graph.initializer.map(({ name }) => name));
  return {
    metadata: Object.fromEntries(model.metadataProps.map(({ key = "", value = "" }) => [key, value])),
    inputs: graph.input.filter(({ name }) => !fixed.has(name)).map(port),
    outputs: graph.output.map(port),
    irVersion: Number(model.irVersion),
    opset: Number(opset.version),
    producer: model.producerName ?? "",
  };
}

function decoded(bytes: Uint8Array, where: string): ModelProto {
  try {
    return decodeModel(bytes);
  } catch (cause) {
    throw notOnnx(where, `${bytes.length} bytes that cannot be read`, cause);
  }
}

function notOnnx(where: string, got: string, cause?: unknown): DataError {
  const fix = "Give a run folder or the model.onnx inside one.";
  return new DataError({ where, subject: "the model", expected: "a whole ONNX model", got, fix }, { cause });
}

function port({ name = "", type }: ValueInfoProto): OnnxPort {
  const dtype = dtypeOf(type?.tensorType?.elemType);
  if (!dtype) {
    const got = `element type ${type?.tensorType?.elemType ?? "of no tensor"}`;
    throw new DataError({
      where: "onnx",
      subject: `input or output ${name}`,
      expected: "a tensor of a known type",
      got,
    });
  }
  const dims = type?.tensorType?.shape?.dim ?? [];
  return {
    name,
    dtype,
    shape: dims.map(
      ({ dimValue, dimParam }, i) =>
        dimParam || (dimValue ? Number(dimValue) : dimValue === undefined ? `?${i}` : 0),
    ),
  };
}
