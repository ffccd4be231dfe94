import type { Optimizer } from "../optimizer.js";
import { adagrad } from "./adagrad.js";
import { adam } from "./adam.js";
import { adamw } from "./adamw.js";
import { lion } from "./lion.js";
import { muon } from "./muon.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";

/** All optimisers by slug. */
export const OPTIMIZERS = { adam, adamw, adagrad, lion, muon, rmsprop, sgd } satisfies Record<
  string,
  Optimizer
>;

/** The slug of an optimiser. */
export type OptimizerSlug = keyof typeof OPTIMIZERS;
