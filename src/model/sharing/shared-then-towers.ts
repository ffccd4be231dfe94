import { type Tensor, reshape } from "../../graph/index.js";
import type { MethodOption } from "../../base/method-options.js";
import type { Parameter } from "../parameter.js";
import type { SharingInputs, SharingShape } from "./architecture.js";
import { trunk, trunkLayout } from "./hard.js";
import { asInput, copiedLayer, copiesLayout } from "./towers.js";

/** How many layers of the trunk all tasks share, before a tower for each. */
export const SHARED_LAYERS: MethodOption = {
  default: 1,
  min: 0,
  max: 16,
  integer: true,
  doc: "the number of layers that all tasks share; the others are towers of each task",
};

const sharedLayers = ({ options, trunk: widths }: SharingShape): number =>
  Math.min(options["shared-layers"]!, widths.length); // every option has a value

const towers = (shape: SharingShape, index: number) => ({
  name: `trunk.${index}.towers`,
  count: shape.tasks.length,
  index,
});

/** Parameters of shared layers and towers. A tower serves the tasks after its own too: all are `trunk.…`. */
export function towersLayout(shape: SharingShape): Parameter[] {
  const shared = sharedLayers(shape);
  return [
    ...trunkLayout({ ...shape, trunk: shape.trunk.slice(0, shared) }),
    ...shape.trunk.flatMap((_, i) => (i < shared ? [] : copiesLayout(shape, towers(shape, i)))),
  ];
}

/** Outputs of the towers: `[T, M, R, H]`; `[1, M, R, H]` where every layer is shared. */
export function towerOutputs({ shape, encoded, parameters, dropout }: SharingInputs): Tensor {
  const shared = sharedLayers(shape);
  const below = trunk({ ...shape, trunk: shape.trunk.slice(0, shared) }, encoded, parameters, dropout);
  const bottom = below.shape.length === 3 ? reshape(below, [1, ...below.shape]) : asInput(below);
  return shape.trunk.reduce(
    (x, _, i) => (i < shared ? x : copiedLayer(shape, towers(shape, i), x, parameters, dropout)),
    bottom,
  );
}
