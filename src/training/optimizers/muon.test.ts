import { Matrix, SingularValueDecomposition } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import type { Layout } from "../../model/layout.js";
import { optimizerContract, takeSteps } from "../optimizer.contract.js";
import { adamw } from "./adamw.js";
import { muon } from "./muon.js";

const LEARNING_RATE = 0.01;
const weight = (shape: readonly number[]): Layout[number] => ({
  name: "weight",
  shape,
  init: "zeros",
  decay: true,
});

/** One step from 0 with a random gradient, in units of the learning rate, as a matrix. */
function firstStep(rows: number, columns: number): { step: Matrix; gradient: Matrix } {
  const random = seededRandom(5, `${rows}x${columns}`);
  const gradient = Array.from({ length: rows * columns }, () => random.normal());
  const { parameters } = takeSteps(
    muon,
    gradient.map(() => 0),
    [gradient],
    {
      learningRate: LEARNING_RATE,
      layout: [weight([rows, columns])],
    },
  );
  const step = parameters.map((value) => -value / LEARNING_RATE);
  return {
    step: Matrix.from1DArray(rows, columns, step),
    gradient: Matrix.from1DArray(rows, columns, gradient),
  };
}

// a rate for all of a row together, so it is larger than for each parameter of its own
optimizerContract("muon", muon, { learningRate: 0.2, layout: (size) => [weight([1, size])] });

describe("Muon", () => {
  it("takes the paper's quintic five times: worked by hand for a matrix of one row", () => {
    let s = 1; // the singular value of [3, 4] over its norm
    for (let i = 0; i < 5; i++) s = 3.4445 * s - 4.775 * s ** 3 + 2.0315 * s ** 5;
    const { parameters } = takeSteps(muon, [0, 0], [[3, 4]], {
      learningRate: LEARNING_RATE,
      layout: [weight([1, 2])],
    });
    const size = LEARNING_RATE * 0.2 * Math.sqrt(2) * s;
    expect(parameters[0]).toBeCloseTo(-size * 0.6, 8); // ε = 1e-7 over a norm of 5
    expect(parameters[1]).toBeCloseTo(-size * 0.8, 8);
  });

  it.each([
    [4, 4],
    [3, 7],
    [7, 3],
  ])("moves a matrix [%i, %i] along the gradient's singular vectors, each about as far", (rows, columns) => {
    const { step, gradient } = firstStep(rows, columns);
    const unit = 0.2 * Math.sqrt(Math.max(rows, columns));
    const moved = new SingularValueDecomposition(step, { autoTranspose: true });
    for (const s of moved.diagonal) {
      expect(s / unit).toBeGreaterThan(0.6); // the quintic leaves them between about 0.7 and 1.2
      expect(s / unit).toBeLessThan(1.3);
    }
    const from = new SingularValueDecomposition(gradient, { autoTranspose: true });
    const turned = from.leftSingularVectors.transpose().mmul(step).mmul(from.rightSingularVectors);
    turned
      .to2DArray()
      .forEach((row, i) => row.forEach((value, j) => i !== j && expect(Math.abs(value)).toBeLessThan(1e-9)));
  });

  it("keeps momentum: a second gradient of zero goes on in the same direction", () => {
    const options = { learningRate: LEARNING_RATE, layout: [weight([1, 2])] };
    const one = takeSteps(muon, [0, 0], [[3, 4]], options).parameters;
    const two = takeSteps(
      muon,
      [0, 0],
      [
        [3, 4],
        [0, 0],
      ],
      options,
    ).parameters;
    expect(two[0]).toBeCloseTo(2 * one[0]!, 8);
    expect(two[1]).toBeCloseTo(2 * one[1]!, 8);
  });

  it("steps as AdamW on everything that is not a weight matrix", () => {
    const layout: Layout = [
      { ...weight([2]), name: "bias", decay: false },
      { ...weight([2, 2]), name: "embedding", decay: false },
      { ...weight([1, 2]), name: "matrix" },
      { ...weight([2, 1, 1]), name: "head" },
    ];
    const start = [1, -1, 2, 3, -2, 0.5, 1, 1, 4, -3];
    const decay = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1];
    const gradients = [start.map((x, i) => x - i), start.map((x, i) => Math.cos(x * i))];
    const options = { learningRate: LEARNING_RATE, weightDecay: 0.1, decay };
    const found = takeSteps(muon, start, gradients, { ...options, layout }).parameters;
    const adams = takeSteps(adamw, start, gradients, options).parameters;
    found.forEach((value, i) => {
      if (i === 6 || i === 7) expect(value).not.toBeCloseTo(adams[i]!, 6);
      else expect(value).toBeCloseTo(adams[i]!, 12);
    });
  });
});
