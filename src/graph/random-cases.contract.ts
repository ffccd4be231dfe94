import { type CaseInput, type OpCase, one } from "./case-builders.contract.js";
import * as g from "./index.js";

const source = (seed: number, step: number): CaseInput[] => [
  { shape: [], dtype: "int64", values: [seed] },
  { shape: [], dtype: "int64", values: [step] },
];

const SHAPES: readonly (readonly number[])[] = [[], [1], [5], [2, 3], [0, 2], [3, 1, 2]];

/** Cases of random values in a graph, by slug. */
export const RANDOM_CASES: Readonly<Record<string, readonly OpCase[]>> = {
  "random-uniform": [
    ...SHAPES.map((shape) =>
      one(`[${shape.join(", ")}]`, source(3, 17), ([seed, step]) =>
        g.randomUniform(shape, { seed: seed!, step: step! }),
      ),
    ),
    one("a negative seed, a far step, another stream", source(-8, 4294967295), ([seed, step]) =>
      g.randomUniform([7], { seed: seed!, step: step!, stream: 5 }),
    ),
    one("float64", source(2 ** 52 + 1, 0), ([seed, step]) =>
      g.randomUniform([4], { seed: seed!, step: step! }, { dtype: "float64" }),
    ),
  ],
};

/** Cases of functions made of random values, by name. */
export const RANDOM_COMPOSITE_CASES: Readonly<Record<string, readonly OpCase[]>> = {
  dropout: SHAPES.map((shape) =>
    one(`[${shape.join(", ")}]`, [...source(5, 2), { shape }], ([seed, step, x]) =>
      g.dropout(x!, 0.4, { seed: seed!, step: step!, stream: 1 }),
    ),
  ),
  randomNormal: SHAPES.map((shape) =>
    one(`[${shape.join(", ")}]`, source(5, 2), ([seed, step]) =>
      g.randomNormal(shape, { seed: seed!, step: step! }),
    ),
  ),
};
