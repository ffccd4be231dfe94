import { type Tensor, add, layer, matmul, mul, relu, reshape } from "../../graph/index.js";
import { type Parameter, undecayed, weights } from "../parameter.js";
import type { Dropout, SharingArchitecture, TrunkShape } from "./architecture.js";
import { blockOutput } from "./residual.js";

/**
 * Hard sharing: one trunk for all tasks, then a head for each.
 *
 * Per layer and member m: h ← ReLU(((h ∘ r_m) W) ∘ s_m + b_m), W shared by all members (M = 1: plain ReLU(hW + b)). A trunk of
 * residual blocks, `sharing.blocks`, adds h where both are as wide, in every architecture (He et al. 2016, "Deep Residual Learning for
 * Image Recognition").
 *
 * @see Caruana 1997, "Multitask Learning"; members: Wen, Tran & Ba 2020, "BatchEnsemble", eq. 2; Gorishniy et al. 2025, "TabM",
 * sec. 3.3.
 * Departures: TabM draws member biases at random, here they start at zero.
 */
export const hard: SharingArchitecture = {
  slug: "hard",
  title: "Hard sharing",
  description: "one trunk for all tasks, a head for each (Caruana 1997)",
  helps: "Related tasks and few rows: least parameters, least time",
  paper: 'Caruana 1997, "Multitask Learning"',
  options: {},
  layout: trunkLayout,
  features: ({ shape, encoded, parameters, dropout }) => ({
    shared: trunk(shape, encoded, parameters, dropout),
  }),
};

/** The parameters of the trunk that all tasks share. */
export function trunkLayout(shape: TrunkShape): Parameter[] {
  const { members: M } = shape;
  return shape.trunk.flatMap((width, i) => {
    const incoming = i === 0 ? shape.inputs : shape.trunk[i - 1]!;
    const weight = weights(`trunk.${i}.weight`, [incoming, width], shape.initializer);
    if (M === 1) return [weight, undecayed(`trunk.${i}.bias`, [width], "zeros")];
    const first = i === 0;
    const scaleInput = !first || shape.adapter === "input";
    return [
      weight,
      ...(scaleInput
        ? [undecayed(`trunk.${i}.input-scale`, [M, 1, incoming], first ? "signs" : "ones")]
        : []),
      undecayed(`trunk.${i}.output-scale`, [M, 1, width], first && !scaleInput ? "signs" : "ones"),
      undecayed(`trunk.${i}.bias`, [M, 1, width], "zeros"),
    ];
  });
}

/** Traces the shared layers: `[R, D]` to the last one, `[R, H]` of one member, else `[M, R, H]`. */
export function trunk(
  shape: TrunkShape,
  encoded: Tensor,
  parameters: Readonly<Record<string, Tensor>>,
  dropout: Dropout = (x) => x,
): Tensor {
  let h = encoded; // [R, D], from the first adapter on [M, R, H]
  shape.trunk.forEach((_, i) => {
    h = layer(`trunk.${i}`, () => {
      const read = h;
      const of = (key: string): Tensor | undefined => parameters[`trunk.${i}.${key}`];
      const inputScale = of("input-scale");
      const outputScale = of("output-scale");
      let z = inputScale ? scaledProduct(h, inputScale, of("weight")!) : matmul(h, of("weight")!);
      if (outputScale) z = mul(z, outputScale);
      return blockOutput(shape, read, dropout(relu(add(z, of("bias")!)), i));
    });
  });
  return h;
}

/**
 * (h ∘ r_m) W for each member, `[M, R, H]`.
 *
 * Where all members read the same h `[R, D]`, r_m may scale the rows of W instead: then no gradient of scaled inputs is needed to
 * know that of r_m, which saves one product of three and costs passes over `[M, D, H]`. It is done from R = H/2 on, in training.
 */
function scaledProduct(h: Tensor, scale: Tensor, weight: Tensor): Tensor {
  const [rows, width] = [h.shape[0], Number(weight.shape[1])]; // layers are counted
  if (h.shape.length > 2 || typeof rows !== "number" || 2 * rows < width)
    return matmul(mul(h, scale), weight);
  const [members, , inputs] = scale.shape;
  return matmul(h, mul(weight, reshape(scale, [members!, inputs!, 1])));
}
