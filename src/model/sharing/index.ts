import type { SharingArchitecture } from "./architecture.js";
import { hard } from "./hard.js";
import { mmoe } from "./mmoe.js";

/** All sharing architectures by slug. */
export const ARCHITECTURES = {
  hard,
  mmoe,
} satisfies Record<string, SharingArchitecture>;

/** The slug of a sharing architecture. */
export type SharingSlug = keyof typeof ARCHITECTURES;
