import { allOptions } from "../base/method-options.js";
import { linkEffect } from "../relations/links.js";
import { kindOf } from "../tasks/index.js";
import { DESCRIPTOR_WIDTH } from "../tasks/task-kind.js";
import { type TaskGroup, groupOrder } from "./groups.js";
import { periodicWidth } from "./periodic-numbers.js";
import type { SharingArchitecture, SharingShape } from "./sharing/architecture.js";
import { ARCHITECTURES } from "./sharing/index.js";
import type { ModelSpec } from "./spec.js";

/** The way in which the tasks of a model share it. */
export const architectureOf = ({ sharing }: ModelSpec): SharingArchitecture =>
  ARCHITECTURES[sharing?.architecture ?? "hard"];

/** What each link of a model does to it, in words for people, in their order. */
export function linkEffects(spec: ModelSpec): string[] {
  const { takesLinks, title } = architectureOf(spec);
  return spec.links.map((link) => linkEffect(link, takesLinks && title));
}

/** What the architecture of a model knows of it. */
export function sharingShape(spec: ModelSpec, groups: readonly TaskGroup[]): SharingShape {
  const order = groupOrder(groups);
  const place = new Map(order.map((t, i) => [spec.tasks[t]!.name, i]));
  const { inputs, numbers, trunk, initializer, members, adapter, blocks } = spec;
  return {
    inputs: inputs + periodicWidth(numbers),
    trunk,
    initializer,
    members,
    adapter,
    ...(blocks && { blocks }),
    vector: spec.embedding > 0 ? DESCRIPTOR_WIDTH + spec.embedding : 0,
    options: allOptions(architectureOf(spec), spec.sharing?.options),
    tasks: order.map((t) => {
      const { name, coding } = spec.tasks[t]!;
      const kind = kindOf(coding);
      const parents = spec.links.flatMap((link) =>
        link.kind === "parent-child" && link.to === name ? place.get(link.from)! : [],
      );
      return {
        name,
        kind: kind.slug,
        outputs: kind.outputWidth(coding),
        signal: kind.signalWidth(coding),
        parents,
      };
    }),
  };
}
