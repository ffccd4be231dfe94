import type { GramianBalancer } from "../balancer.js";
import { shuffleOthers, stateless } from "../gramian.js";
import { GrownCombination } from "../grown-combination.js";

/**
 * Gradient surgery: each task's gradient loses its component against every other task's gradient it conflicts with, in random
 * order; the results are summed.
 *
 * For task i, c = eᵢ; for j ≠ i in random order: if (A·c)ⱼ < 0 then cⱼ −= (A·c)ⱼ / Aⱼⱼ. Weights are the sum of all c.
 *
 * @see Yu et al. 2020, "Gradient Surgery for Multi-Task Learning", algorithm 1.
 * Departures: none. LibMTL also projects a changed gradient on its own original, which the paper does not.
 */
export const pcgrad: GramianBalancer = {
  slug: "pcgrad",
  title: "PCGrad",
  description: "removes from each gradient what conflicts with another (Yu et al. 2020)",
  helps: "Few tasks whose gradients oppose each other now and then",
  paper: 'Yu et al. 2020, "Gradient Surgery for Multi-Task Learning"',
  options: {},
  heads: "own",
  needs: "gramian",
  state: stateless,
  weights({ gramian, losses, random }) {
    const K = losses.length;
    const weights = new Float64Array(K).fill(1);
    const combination = new GrownCombination(gramian, K);
    const others = new Int32Array(Math.max(0, K - 1));
    for (let i = 0; i < K; i++) {
      combination.begin(i);
      shuffleOthers(others, i, random);
      for (const j of others) {
        const product = combination.times(j);
        const square = gramian[j * K + j]!;
        if (!(product < 0) || square === 0) continue;
        const change = -product / square;
        weights[j] = weights[j]! + change;
        combination.add(j, change);
      }
    }
    return weights;
  },
};
