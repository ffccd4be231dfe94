import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { bothWays, difference, type Values } from "./checks.contract.js";
import * as g from "./index.js";
import { product } from "./shape.js";
import type { DType, Tensor } from "./tensor.js";

const STEPS = 12;
const PARAMETERS = {
  filters: [4, 1, 3, 3],
  scale: [4],
  bias: [4],
  query: [4, 4],
  key: [4, 4],
  out: [4, 2],
} as const;
type Parameters = readonly Tensor[];

/** Images `[B, 1, 6, 6]` to scores `[B, 2]`: convolution, batch normalisation, pooling, attention over places, a mean and a product. */
function scores(x: Tensor, parameters: Parameters, running: g.RunningStatistics) {
  const [filters, scale, bias, query, key, out] = parameters as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const normal = g.batchNorm(g.conv2d(x, filters, { padding: "same" }), { scale, bias }, running);
  const pooled = g.maxPool(g.gelu(normal.y), 2); // [B, 4, 3, 3]
  const places = g.transpose(g.reshape(pooled, [x.shape[0]!, 4, 9]), [0, 2, 1]); // [B, 9, 4]
  const seen = g.attention(g.matmul(places, query), g.matmul(places, key), places);
  return { ...normal, y: g.matmul(g.reduceMean(seen, [1]), out) };
}

/** Gradient descent in a loop; gives the loss before each step and the statistics carried. */
function training(dtype: DType) {
  const x = g.input("x", dtype, ["rows", 1, 6, 6]);
  const labels = g.input("labels", "int64", ["rows"]);
  const weights = Object.entries(PARAMETERS).map(([name, shape]) => g.input(name, dtype, shape));
  const started = [g.expand(g.scalar(0, dtype), [4]), g.expand(g.scalar(1, dtype), [4])];
  const { carried, scans } = g.loop({
    trips: g.scalar(STEPS, "int64"),
    carried: [...weights, ...started],
    body(_, state) {
      const parameters = state.slice(0, weights.length);
      const [mean, variance] = state.slice(weights.length) as [Tensor, Tensor];
      const found = scores(x, parameters, { mean, variance });
      const right = g.mul(g.oneHot(labels, 2, dtype), g.logSoftmax(found.y, 1));
      const loss = g.neg(g.reduceMean(g.reduceSum(right, [1]), [0]));
      const slopes = g.gradients(loss, parameters);
      const moved = parameters.map((p, i) => g.sub(p, g.mul(slopes[i]!, g.scalar(0.3, dtype))));
      return { carried: [...moved, found.mean, found.variance], scans: [loss] };
    },
  });
  const outputs = { losses: scans[0]!, mean: carried.at(-2)!, variance: carried.at(-1)! };
  return { inputs: [x, labels, ...weights], outputs };
}

/** Rows whose label says whether the left or the right half is brighter. */
function rows(count: number): Values {
  const random = seededRandom(3, "network");
  const labels = Array.from({ length: count }, (_, row) => row % 2);
  const pixels = labels.flatMap((label) =>
    Array.from({ length: 36 }, (_, at) => random.uniform() + (Math.floor((at % 6) / 3) === label ? 1 : 0)),
  );
  const weights = Object.entries(PARAMETERS).map(([name, shape]) => {
    const size = product(shape);
    const drawn = Float32Array.from({ length: size }, () => (name === "scale" ? 1 : random.uniform() - 0.5));
    return [name, { dtype: "float32", shape, data: drawn }] as const;
  });
  return {
    x: { dtype: "float32", shape: [count, 1, 6, 6], data: Float32Array.from(pixels) },
    labels: { dtype: "int64", shape: [count], data: BigInt64Array.from(labels, BigInt) },
    ...Object.fromEntries(weights),
  };
}

describe("a network of convolution, normalisation, pooling and attention", () => {
  it("learns inside a loop, in ONNX Runtime as in the reference", async () => {
    const { inputs, outputs } = training("float32");
    const { ort, reference } = await bothWays(outputs, inputs, rows(6));
    for (const name of Object.keys(outputs))
      expect(difference(ort[name]!, reference[name]!, 1e-4)).toBeUndefined(); // float32 through a dozen steps
    const losses = Array.from(ort["losses"]!.data, Number);
    expect(losses).toHaveLength(STEPS);
    expect(losses.at(-1)!).toBeLessThan(0.5 * losses[0]!);
  });
});
