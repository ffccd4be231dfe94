import type { InitializerName } from "./initializers.js";

/** One named parameter tensor inside the flat vector. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly init: InitializerName;
  /** Whether weight decay applies: weights yes; biases, adapters, embeddings and log-variances no. */
  readonly decay: boolean;
  /** How many tasks' matrices stand side by side in the last axis; 1 when absent. Each starts as if it stood alone. */
  readonly stacked?: number;
  /** The first axis counts the tasks in the order of the groups: each entry belongs to one task. */
  readonly perTask?: true;
  /** Factor of the learning rate; 1 when absent. */
  readonly rate?: number;
  /** What values at the start are multiplied by; 1 when absent. */
  readonly scale?: number;
  /** What is then added to them; 0 when absent. */
  readonly shift?: number;
}

/** True for the name of a parameter that all tasks share; these come first. */
export const inTrunk = (name: string): boolean => name.startsWith("trunk.");

/** Number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, size) => product * size, 1);

/** A parameter tensor that weight decay applies to. */
export const weights = (name: string, shape: readonly number[], init: InitializerName): Parameter => ({
  name,
  shape,
  init,
  decay: true,
});

/** A parameter tensor that does not decay: a bias, a scale, an embedding. */
export const undecayed = (name: string, shape: readonly number[], init: InitializerName): Parameter => ({
  name,
  shape,
  init,
  decay: false,
});
