import type { Optimizer } from "../optimizer.js";
import { adam } from "./adam.js";
import { adamw } from "./adamw.js";

/** All optimisers by slug. */
export const OPTIMIZERS = { adam, adamw } satisfies Record<string, Optimizer>;

/** The slug of an optimiser. */
export type OptimizerSlug = keyof typeof OPTIMIZERS;
