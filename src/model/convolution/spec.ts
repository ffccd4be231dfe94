import { ConfigError } from "../../base/errors.js";
import type { ModelSpec } from "../spec.js";

/** Sizes of one image. */
export interface ImageSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** One convolution with what follows it. */
export interface ConvolutionStage {
  /** Channels that come out. */
  readonly channels: number;
  /** Height and width of the kernels; the size of the image is kept by zeros around it. */
  readonly kernel: number;
  /** Height and width of the windows of which the largest element is kept; 1 for none. */
  readonly pool: number;
}

/** A convolutional trunk, as plain data. */
export interface ConvolutionSpec {
  readonly image: ImageSize;
  /** At least one. */
  readonly stages: readonly ConvolutionStage[];
  /** How the kernels start. */
  readonly initializer: ModelSpec["initializer"];
}

/**
 * Sizes after each stage, the image's first.
 *
 * @throws {ConfigError} if a size is no whole number from 1 on, or a window does not fit into what is left of the image.
 */
export function imageSizes({ image, stages }: ConvolutionSpec): readonly ImageSize[] {
  const sizes = [image];
  for (const { channels, kernel, pool } of stages) {
    const { height, width } = sizes.at(-1)!; // there is the image at least
    const [rows, columns] = [Math.floor(height / pool), Math.floor(width / pool)];
    sizes.push({ channels, height: rows, width: columns });
    const whole = [channels, kernel, pool].every((size) => Number.isInteger(size) && size >= 1);
    if (whole && rows >= 1 && columns >= 1) continue;
    throw new ConfigError({
      where: "convolutional trunk",
      subject: `stage ${sizes.length - 1}`,
      expected: `of whole numbers from 1 on, with windows inside ${height} × ${width}`,
      got: `${channels} channels, kernel ${kernel}, windows of ${pool} × ${pool}`,
    });
  }
  return sizes;
}

/** Width F of what the trunk gives for one image. */
export function featureCount(spec: ConvolutionSpec): number {
  const { channels, height, width } = imageSizes(spec).at(-1)!; // there is the image at least
  return channels * height * width;
}
