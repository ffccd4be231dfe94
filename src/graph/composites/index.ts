export { attention } from "./attention.js";
export { contract } from "./contract.js";
export { mod } from "./arithmetic.js";
export { repeat, sort, stack, tile } from "./arrangement.js";
export { segmentMean, segmentSum } from "./segments.js";
export { gelu, silu, softsign } from "./activations.js";
export {
  type Affine,
  type RunningStatistics,
  batchNorm,
  batchNormInference,
  groupNorm,
  rmsNorm,
} from "./normalization.js";
export { type ConvOptions, averagePool, conv1d, conv2d, resizeLinear, resizeNearest } from "./images.js";
export { sparsemax } from "./sparsemax.js";
export { dropout, randomNormal } from "./random.js";
export { diagonal, inverse, outer, trace } from "./linear-algebra.js";
