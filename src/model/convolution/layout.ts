import { type Layout, modelLayout } from "../layout.js";
import type { ModelSpec } from "../spec.js";
import { type ConvolutionSpec, featureCount, imageSizes } from "./spec.js";

/**
 * The parameters of the stages: kernels as matrices `[C·k·k, M]`, so that initialisers and matrix-aware optimisers see their
 * fan-in and fan-out where all weights have them, and biases `[M]`.
 */
export function convolutionLayout(spec: ConvolutionSpec): Layout {
  const sizes = imageSizes(spec);
  return spec.stages.flatMap(({ channels, kernel }, i) => {
    const fanIn = sizes[i]!.channels * kernel * kernel;
    const name = `convolution.${i}`;
    return [
      { name: `${name}.kernel`, shape: [fanIn, channels], init: spec.initializer, decay: true },
      { name: `${name}.bias`, shape: [channels], init: "zeros", decay: false } as const,
    ];
  });
}

/** The parameters of a model whose trunk's dense layers stand on convolutions: the stages', then the model's. */
export function convolutionalLayout(spec: ConvolutionSpec, model: ModelSpec): Layout {
  return [...convolutionLayout(spec), ...modelLayout(model)];
}

/** A model's spec on top of the convolutions: its inputs are their features. */
export function onFeatures(spec: ConvolutionSpec, model: Omit<ModelSpec, "inputs">): ModelSpec {
  return { ...model, inputs: featureCount(spec) };
}
