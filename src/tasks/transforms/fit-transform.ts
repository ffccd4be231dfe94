import { type TargetTransform, fitLog, fitPower } from "./target-transform.js";

/** What a study may ask for; `auto` decides by the training labels. */
export const TRANSFORM_CHOICES = ["auto", "none", "log", "yeo-johnson"] as const;

/** One of them. */
export type TransformChoice = (typeof TRANSFORM_CHOICES)[number];

/** Fits the transform that is asked for on labelled training rows; undefined for none. */
export function fitTransform(values: Float64Array, choice: TransformChoice): TargetTransform | undefined {
  switch (choice) {
    case "none":
      return undefined;
    case "log":
      return fitLog(values);
    case "yeo-johnson":
      return fitPower(values);
    case "auto":
      return undefined;
    default:
      return choice satisfies never;
  }
}
