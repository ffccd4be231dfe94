import { optimizerContract } from "../optimizer.contract.js";
import { type OptimizerSlug, OPTIMIZERS } from "./index.js";

/** Rates on the contract's quadratic where the usual one does not reach the minimum in its 600 steps. */
const RATES: { readonly [slug in OptimizerSlug]?: number } = {
  adagrad: 0.5, // its steps shrink with the root of their number
};

for (const [slug, optimizer] of Object.entries(OPTIMIZERS)) {
  const learningRate = RATES[slug as OptimizerSlug];
  optimizerContract(slug, optimizer, learningRate === undefined ? {} : { learningRate });
}
