import type { Tensor } from "../../graph/index.js";
import { type Network, type TrainingTrace, network } from "../network.js";
import type { ModelSpec } from "../spec.js";
import type { ConvolutionSpec } from "./spec.js";
import { convolutionTrunk } from "./trunk.js";

/** A forward pass of a convolutional model, with what its dense layers saw. */
export interface ConvolutionalNetwork extends Network {
  /** `[R, F]`. */
  readonly features: Tensor;
}

/**
 * Traces a convolutional multi-task model: all stages shared by all tasks, dense layers as the model's architecture has them, then the heads, stacked for all
 * tasks of a kind and width.
 *
 * @param model the dense layers and heads; its `inputs` are the features of the stages (see `onFeatures`).
 * @param images `[R, C, H, W]`; R may be symbolic.
 * @param parameters named tensors of `convolutionalLayout`.
 * @see Caruana 1997, "Multitask Learning", section 2 (hard sharing).
 */
export function convolutionalNetwork(
  spec: ConvolutionSpec,
  model: ModelSpec,
  images: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
  training?: TrainingTrace,
): ConvolutionalNetwork {
  const features = convolutionTrunk(spec, images, parameters);
  return { ...network(model, features, parameters, training), features };
}
