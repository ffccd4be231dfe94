import {
  type Tensor,
  abs,
  add,
  div,
  greater,
  less,
  maximum,
  mul,
  reduceSum,
  reshape,
  scalar,
  where,
} from "../../graph/index.js";
import type { JacobianBalancer } from "../balancer.js";
import { LEAST_SHARE } from "../task-rows.js";

/**
 * Gradient sign dropout: in every entry only the gradients of one sign are kept, drawn by how pure that sign is.
 *
 * With P = ½·(1 + Σ gₖ / Σ |gₖ|) and U uniform in [0, 1), a gradient entry gₖ is kept if gₖ > 0 and P > U, or gₖ < 0 and P < U; the
 * entry of the direction is the sum of those kept. With `leak` ℓ what is dropped counts ℓ.
 *
 * @see Chen, Ngiam, Huang, Luong, Kretzschmar, Chai & Anguelov 2020, "Just Pick a Sign: Optimizing Deep Multitask Models with
 * Gradient Sign Dropout", algorithm 1.
 * Departures: it works on the gradients of the shared parameters, as TorchJD's does; the paper's layer works on those of the shared
 * features, with signs taken after multiplication by the features' signs and summed over the batch.
 */
export const graddrop: JacobianBalancer = {
  slug: "graddrop",
  title: "GradDrop",
  description: "keeps in every entry the gradients of one sign, drawn by its purity (Chen et al. 2020)",
  helps: "Many tasks whose gradients disagree in single parameters, as a regulariser",
  paper:
    'Chen, Ngiam, Huang, Luong, Kretzschmar, Chai & Anguelov 2020, "Just Pick a Sign: Optimizing Deep Multitask Models with Gradient Sign Dropout"',
  options: {
    leak: { default: 0, min: 0, max: 1, doc: "share of a dropped gradient that counts all the same (ℓ)" },
  },
  heads: "own",
  needs: "jacobian",
  state: [],
  random: true,
  direction({ jacobian, uniform, options }) {
    const { dtype } = jacobian;
    const number = (x: number): Tensor => scalar(x, dtype);
    const sum = reduceSum(jacobian, [0]);
    const size = maximum(reduceSum(abs(jacobian), [0]), number(LEAST_SHARE));
    const purity = mul(add(div(sum, size), number(1)), number(0.5)); // [P₀]
    const line = (keeps: Tensor): Tensor =>
      reshape(where(keeps, number(1), number(options["leak"]!)), [1, jacobian.shape[1]!]);
    const [positive, negative] = [line(greater(purity, uniform!)), line(less(purity, uniform!))];
    const kept = where(greater(jacobian, number(0)), mul(jacobian, positive), mul(jacobian, negative));
    return { direction: reduceSum(kept, [0]) };
  },
};
