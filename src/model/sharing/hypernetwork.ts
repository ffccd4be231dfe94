import { add, layer, matmul, relu, reshape } from "../../graph/index.js";
import { undecayed, weights } from "../parameter.js";
import { adaptedTrunk } from "./adapted-trunk.js";
import type { SharingArchitecture } from "./architecture.js";
import { trunkLayout } from "./hard.js";
import { codeWidth, codesLayout, taskCodes } from "./task-codes.js";
import { batchedProduct } from "./towers.js";

/**
 * A shared hypernetwork makes the weights of each task's adapters from its vector vₖ.
 *
 * The code of task k is cₖ = ReLU(vₖA + a). After every layer of the shared trunk stands an adapter of d units,
 * h ← h + ReLU(hDₖ)Uₖ, with Dₖ = cₖ·P `[H, d]` and Uₖ = cₖ·Q `[d, H]`, P and Q shared by all tasks: the number of parameters
 * does not grow with tasks. At the start Q = 0: hard sharing.
 *
 * @see Karimi Mahabadi et al. 2021, "Parameter-efficient Multi-task Fine-tuning for Transformers via Shared Hypernetworks",
 * sec. 2.1 to 2.3; Ha, Dai & Le 2017, "HyperNetworks", sec. 3.1 (weights made from an embedding).
 * Departures: the trunk is learned too; adapters have ReLU and no layer norm; a hypernetwork for each layer, codes in common.
 */
export const hypernetwork: SharingArchitecture = {
  slug: "hypernetwork",
  title: "Hypernetwork",
  description:
    "a small network makes each task's adapters from its vector (Ha et al. 2017, Mahabadi et al. 2021)",
  helps: "Many tasks with few rows each, of which some are alike: adapters that tasks learn in common",
  paper:
    'Karimi Mahabadi et al. 2021, "Parameter-efficient Multi-task Fine-tuning for Transformers via Shared Hypernetworks"; Ha, Dai & Le 2017, "HyperNetworks"',
  options: {
    code: { default: 16, min: 1, max: 256, integer: true, doc: "the width of a task's code" },
    adapter: { default: 8, min: 1, max: 256, integer: true, doc: "the units of an adapter (d)" },
  },
  layout(shape) {
    const [C, d] = [shape.options["code"]!, shape.options["adapter"]!]; // every option has a value
    return [
      ...trunkLayout(shape),
      weights("trunk.code.weight", [codeWidth(shape), C], "he-normal"),
      undecayed("trunk.code.bias", [C], "zeros"),
      ...shape.trunk.flatMap((H, index) => [
        { ...weights(`trunk.${index}.down`, [C, H * d], "he-normal"), scale: 1 / Math.sqrt(H) },
        weights(`trunk.${index}.up`, [C, d * H], "zeros"),
      ]),
      ...codesLayout(shape),
    ];
  },
  features(inputs) {
    const { shape, parameters } = inputs;
    const T = shape.tasks.length;
    const d = shape.options["adapter"]!;
    const code = layer("code", () =>
      relu(add(matmul(taskCodes(inputs), parameters["trunk.code.weight"]!), parameters["trunk.code.bias"]!)),
    ); // [T, C]
    return {
      perTask: adaptedTrunk(inputs, {
        output(h, index) {
          const H = shape.trunk[index]!;
          const made = (key: string, dims: readonly number[]) =>
            reshape(matmul(code, parameters[`trunk.${index}.${key}`]!), [T, ...dims]);
          return add(h, batchedProduct(relu(batchedProduct(h, made("down", [H, d]))), made("up", [d, H])));
        },
      }),
    };
  },
};
