import { add, matmul, mul, reshape, scalar } from "../../graph/index.js";
import { undecayed } from "../parameter.js";
import { adaptedTrunk } from "./adapted-trunk.js";
import type { SharingArchitecture } from "./architecture.js";
import { trunkLayout } from "./hard.js";
import { codeWidth, codesLayout, taskCodes } from "./task-codes.js";

/**
 * Feature-wise linear modulation of a shared trunk by the task vector vₖ.
 *
 * Per layer and task k: h ← ReLU(γₖ ∘ (hW + b) + βₖ) with γₖ = 1 + vₖG and βₖ = vₖB. G and B are shared by all tasks, so that
 * their number does not grow with tasks, and tasks with like vectors see like features. At the start G = B = 0: hard sharing.
 * The first layer's product is computed once for all tasks.
 *
 * @see Perez et al. 2018, "FiLM: Visual Reasoning with a General Conditioning Layer", eq. 1 and 2; γ = 1 + Δγ in sec. 7.2.
 * Departures: the condition is the task, not a question; no batch normalisation before; the generator is linear.
 */
export const film: SharingArchitecture = {
  slug: "film",
  title: "FiLM",
  description: "one trunk whose layers are scaled and shifted as the task vector says (Perez et al. 2018)",
  helps: "Many tasks of which some are alike: what is learned of one bends the trunk for those like it",
  paper: 'Perez et al. 2018, "FiLM: Visual Reasoning with a General Conditioning Layer"',
  options: {},
  layout: (shape) => [
    ...trunkLayout(shape),
    ...shape.trunk.flatMap((width, index) =>
      ["gain", "shift"].map((key) => undecayed(`trunk.${index}.${key}`, [codeWidth(shape), width], "zeros")),
    ),
    ...codesLayout(shape),
  ],
  features(inputs) {
    const codes = taskCodes(inputs);
    return {
      perTask: adaptedTrunk(inputs, {
        sum(z, index) {
          const of = (key: string) => {
            const made = matmul(codes, inputs.parameters[`trunk.${index}.${key}`]!); // [T, H]
            return reshape(made, [made.shape[0]!, 1, 1, made.shape[1]!]);
          };
          return add(mul(z, add(of("gain"), scalar(1, z.dtype))), of("shift"));
        },
      }),
    };
  },
};
