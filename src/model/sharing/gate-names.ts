import type { SharingShape } from "./architecture.js";

/** Names of so many things of a kind: expert 1, expert 2, … */
export const numbered = (kind: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${kind} ${i + 1}`);

/** Names of the experts of each task in turn. */
export const expertsOfTasks = ({ tasks }: SharingShape, each: number): string[] =>
  tasks.flatMap(({ name }) => (each === 1 ? [`${name}’s expert`] : numbered(`${name}’s expert`, each)));

/** Names of the tasks in their order. */
export const namesOf = ({ tasks }: SharingShape): string[] => tasks.map(({ name }) => name);
