import { headChunks } from "../model/head-chunks.js";
import { groupOrder, taskGroups } from "../model/groups.js";
import { type Layout, linkName } from "../model/layout.js";
import { inTrunk, sizeOf } from "../model/parameter.js";
import type { ModelSpec } from "../model/spec.js";

/**
 * For every parameter after the trunk's, in the order of the layout, the place of the task it belongs to in the order of the
 * groups; T for parameters of no single task.
 */
export function tasksOfParameters(spec: ModelSpec, layout: Layout): Int32Array {
  const groups = taskGroups(spec);
  const order = groupOrder(groups);
  const none = order.length;
  return Int32Array.from(
    layout
      .filter(({ name }) => !inTrunk(name))
      .flatMap(({ name, shape, perTask }) => {
        const all = sizeOf(shape);
        const fill = (task: (index: number) => number): number[] =>
          Array.from({ length: all }, (_, i) => task(i));
        if (perTask) return fill((i) => Math.floor((i * none) / all));
        if (name === "tasks.embedding") {
          const places = spec.tasks.map((_, t) => order.indexOf(t));
          return fill((i) => places[Math.floor(i / shape[1]!)]!);
        }
        const link = spec.links.find((one) => linkName(one) === name);
        if (link) return fill(() => order.indexOf(spec.tasks.findIndex((task) => task.name === link.to)));
        const group = groups.findLast((one) => name.startsWith(`heads.${one.name}.`)); // a higher level's name begins with a lower one's
        if (!group) return fill(() => none);
        const { count, size } = headChunks(spec, group);
        const G = group.tasks.length;
        const placed = (place: number): number => (place < G ? group.maskOffset + place : none);
        const key = name.slice(`heads.${group.name}.`.length);
        if (key === "weight" || key === "bias") {
          const line = shape.at(-1)!; // [M, (C,) H or 1, size·first]: heads side by side in the last axis
          const chunk = sizeOf(shape.slice(2 - shape.length)); // of one chunk, or of one member
          return fill((i) => {
            const c = count === 1 ? 0 : Math.floor(i / chunk) % count;
            return placed(c * size + Math.floor(((i % line) * size) / line));
          });
        }
        if (key.startsWith("output.")) {
          const own = sizeOf(shape.slice(2)); // [M, places, …]
          return fill((i) => placed(Math.floor(i / own) % (count * size)));
        }
        return fill(() => (G === 1 ? group.maskOffset : none));
      }),
  );
}
