export { gelu, silu, softsign } from "./activations.js";
export {
  type Affine,
  type RunningStatistics,
  batchNorm,
  batchNormInference,
  groupNorm,
  rmsNorm,
} from "./normalization.js";
