import { add, mul } from "../../graph/index.js";
import { type Parameter, undecayed } from "../parameter.js";
import { adaptedTrunk } from "./adapted-trunk.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";
import { trunkLayout } from "./hard.js";
import { widthBefore } from "./towers.js";

/**
 * Rank-1 task adapters: T networks at little more than the parameters of one.
 *
 * Per layer and task k: h ← ReLU(((h ∘ rₖ) W) ∘ sₖ + bₖ), W shared by all tasks, so that task k sees the weights
 * W ∘ (rₖ sₖᵀ). At the start rₖ = sₖ = 1 and bₖ = 0: hard sharing. With members, their scales multiply those of the tasks and
 * their biases add to them. Where the model tells members apart at the first layer's output, so it does tasks.
 *
 * @see Wen, Tran & Ba 2020, "BatchEnsemble: An Alternative Approach to Efficient Ensemble and Lifelong Learning", eq. 1 to 3 and
 * sec. 3.3 (one pair of vectors for each task).
 * Departures: tasks are learned at once, not one after another with W fixed after the first; vectors start at 1, not at random.
 */
export const rank1: SharingArchitecture = {
  slug: "rank-1",
  title: "Rank-1 task adapters",
  description: "one trunk whose layers each task scales at input and output (Wen, Tran & Ba 2020)",
  helps: "Many related tasks and few rows: each bends the trunk a little, at the parameters of one trunk",
  paper:
    'Wen, Tran & Ba 2020, "BatchEnsemble: An Alternative Approach to Efficient Ensemble and Lifelong Learning"',
  options: {},
  layout: (shape) => [
    ...trunkLayout(shape).filter(({ name }) => shape.members > 1 || !name.endsWith(".bias")),
    ...shape.trunk.flatMap((_, index) => adapters(shape, index)),
  ],
  features: (inputs) => {
    const of = (index: number, key: string) => inputs.parameters[`tasks.${index}.${key}`];
    return {
      perTask: adaptedTrunk(inputs, {
        read(x, index) {
          const scale = of(index, "input-scale");
          return scale ? mul(x, scale) : x;
        },
        product: (_, product, index) => mul(product, of(index, "output-scale")!),
        sum: (z, index) => add(z, of(index, "bias")!),
      }),
    };
  },
};

function adapters(shape: SharingShape, index: number): Parameter[] {
  const T = shape.tasks.length;
  const of = (key: string, width: number, init: "ones" | "zeros"): Parameter => ({
    ...undecayed(`tasks.${index}.${key}`, [T, 1, 1, width], init),
    perTask: true,
  });
  const scaleInput = index > 0 || shape.adapter === "input";
  return [
    ...(scaleInput ? [of("input-scale", widthBefore(shape, index), "ones")] : []),
    of("output-scale", shape.trunk[index]!, "ones"),
    of("bias", shape.trunk[index]!, "zeros"),
  ];
}
