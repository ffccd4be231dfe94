export type {
  AttributeValue,
  Attributes,
  DType,
  Dim,
  Node,
  Subgraph,
  Tensor,
  TensorValue,
} from "./tensor.js";
export type { LoopOptions, LoopResult } from "./ops/loop.js";
export type { WindowOptions } from "./convolution.js";
export type { ConvTransposeOptions } from "./ops/conv-transpose.js";
export { layer } from "./layer.js";
export { constant, input, scalar } from "./sources.js";
export * from "./ops/index.js";
export * from "./composites/index.js";
export { gradients } from "./gradients.js";
export { gramian, jacobian } from "./jacobian.js";
export { batchedPullback } from "./pullback-batched.js";
export { pullback } from "./pullback.js";
export { evaluate } from "./evaluate.js";
export { type DrawOptions, draw } from "./draw.js";
export { dump } from "./dump.js";
export {
  type LayerProbes,
  type NonFinite,
  type Probe,
  describeNonFinite,
  firstNonFinite,
  layerProbes,
} from "./non-finite.js";
export { simplify } from "./simplify.js";
export { type OnnxModel, toOnnx } from "./onnx/write.js";
export { type OnnxDescription, type OnnxPort, readOnnx } from "./onnx/read.js";
