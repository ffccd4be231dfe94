import { type Tensor, add, conv2d, layer, maxPool, relu, reshape, transpose } from "../../graph/index.js";
import { type ConvolutionSpec, type ConvolutionStage, featureCount, imageSizes } from "./spec.js";

/**
 * The convolutional part of a shared trunk: in each stage a convolution that keeps the image's size, the largest element of
 * each window, a bias and ReLU.
 *
 * @param images `[R, C, H, W]`; R may be symbolic.
 * @param parameters named tensors of `convolutionLayout`, as split by `unflatten`.
 * @returns features `[R, F]`, what `network` takes as encoded inputs.
 * Departures: bias and ReLU come after the pooling instead of before. Both grow with their argument, so the result is the
 * same, at a quarter of the work for windows of 2 × 2.
 * @see LeCun et al. 1998, "Gradient-Based Learning Applied to Document Recognition", section II (the layout), Nair & Hinton
 * 2010, "Rectified Linear Units Improve Restricted Boltzmann Machines" (ReLU).
 */
export function convolutionTrunk(
  spec: ConvolutionSpec,
  images: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
): Tensor {
  const sizes = imageSizes(spec);
  const last = spec.stages.reduce(
    (x, given, i) =>
      layer(`convolution.${i}`, () => {
        const of = (key: string): Tensor => parameters[`convolution.${i}.${key}`]!; // the layout has it
        return stage(given, x, sizes[i]!.channels, of("kernel"), of("bias"));
      }),
    images,
  );
  return reshape(last, [images.shape[0]!, featureCount(spec)]);
}

function stage(
  { channels, kernel, pool }: ConvolutionStage,
  x: Tensor,
  incoming: number,
  matrix: Tensor,
  bias: Tensor,
): Tensor {
  const kernels = reshape(transpose(matrix, [1, 0]), [channels, incoming, kernel, kernel]); // [M, C, k, k]
  const y = conv2d(x, kernels, { padding: "same" });
  return relu(add(pool > 1 ? maxPool(y, pool) : y, reshape(bias, [channels, 1, 1])));
}
