/** What a study may ask for; `auto` decides by the training labels. */
export const TRANSFORM_CHOICES = ["auto", "none", "log", "yeo-johnson"] as const;

/** One of them. */
export type TransformChoice = (typeof TRANSFORM_CHOICES)[number];
