import type { SharingArchitecture } from "./architecture.js";
import { cgc } from "./cgc.js";
import { hard } from "./hard.js";
import { mmoe } from "./mmoe.js";
import { ple } from "./ple.js";

/** All sharing architectures by slug. */
export const ARCHITECTURES = {
  hard,
  mmoe,
  cgc,
  ple,
} satisfies Record<string, SharingArchitecture>;

/** The slug of a sharing architecture. */
export type SharingSlug = keyof typeof ARCHITECTURES;
