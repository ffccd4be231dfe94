import { type OpCase, one, positive, unary } from "./case-builders.contract.js";
import * as g from "./index.js";

/** Cases of activations and normalisations that are operations, by slug. */
export const ACTIVATION_CASES: Readonly<Record<string, readonly OpCase[]>> = {
  cos: unary(g.cos, [-6, 6]),
  elu: unary(g.elu),
  erf: unary(g.erf, [-3, 3]),
  "layer-norm": [
    one("rows", [{ shape: [4, 3] }, { shape: [3] }, { shape: [3] }], ([x, s, b]) => g.layerNorm(x!, s!, b!)),
    one("one feature", [{ shape: [2, 1] }, { shape: [1] }, { shape: [1] }], ([x, s, b]) =>
      g.layerNorm(x!, s!, b!, { epsilon: 0.5 }),
    ),
    one("a vector", [{ shape: [5] }, { shape: [5] }, { shape: [5] }], ([x, s, b]) =>
      g.layerNorm(x!, s!, b!, { epsilon: 0.1 }),
    ),
    one("no rows", [{ shape: [0, 3] }, { shape: [3] }, { shape: [3] }], ([x, s, b]) =>
      g.layerNorm(x!, s!, b!),
    ),
    one("symbolic rows", [{ shape: ["n", 2, 4] }, { shape: [4] }, { shape: [4] }], ([x, s, b]) =>
      g.layerNorm(x!, s!, b!, { epsilon: 0.01 }),
    ),
  ],
  "leaky-relu": unary((x) => g.leakyRelu(x)).concat(unary((x) => g.leakyRelu(x, 0.2), positive)),
  sin: unary(g.sin, [-6, 6]),
  "unit-step": unary(g.unitStep).concat(unary(g.unitStep, positive)),
};
