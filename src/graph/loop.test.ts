import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.js";
import { bothWays, difference, type Values } from "./checks.contract.js";
import * as g from "./index.js";
import type { Tensor, TensorValue } from "./tensor.js";

const STEPS = 5;
const [ROWS, INPUTS, BATCH] = [12, 3, 4];

const tables = {
  x: g.input("x", "float32", ["rows", INPUTS]),
  y: g.input("y", "float32", ["rows", 1]),
  batches: g.input("batches", "int32", ["steps", BATCH]),
  weight: g.input("weight", "float32", [INPUTS, 1]),
  rate: g.input("rate", "float32", []),
};

/** One step of stochastic gradient descent on least squares. */
function step(at: Tensor, weight: Tensor): { weight: Tensor; loss: Tensor } {
  const rows = g.gather(tables.batches, at, 0);
  const error = g.sub(g.matmul(g.gather(tables.x, rows, 0), weight), g.gather(tables.y, rows, 0));
  const loss = g.reduceMean(g.square(error), [0, 1]);
  const [gradient] = g.gradients(loss, [weight]);
  return { weight: g.sub(weight, g.mul(gradient!, tables.rate)), loss };
}

function feeds(): Values {
  const random = seededRandom(3, "least squares");
  const normal = (size: number): Float32Array => Float32Array.from({ length: size }, () => random.normal());
  const batches = Int32Array.from({ length: STEPS * BATCH }, () => random.integer(ROWS));
  return {
    x: { dtype: "float32", shape: [ROWS, INPUTS], data: normal(ROWS * INPUTS) },
    y: { dtype: "float32", shape: [ROWS, 1], data: normal(ROWS) },
    batches: { dtype: "int32", shape: [STEPS, BATCH], data: batches },
    weight: { dtype: "float32", shape: [INPUTS, 1], data: normal(INPUTS) },
    rate: { dtype: "float32", shape: [], data: Float32Array.of(0.1) },
    trips: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(STEPS)) },
  };
}

describe("a loop of training steps", () => {
  const trips = g.input("trips", "int64", []);
  const looped = g.loop({
    trips,
    carried: [tables.weight],
    body: (i, [weight]) => {
      const next = step(i, weight!);
      return { carried: [next.weight], scans: [next.loss] };
    },
  });

  it("gives what the unrolled steps give, by reference and in ONNX Runtime", async () => {
    let weight: Tensor = tables.weight;
    const losses: Tensor[] = [];
    for (let i = 0; i < STEPS; i++) {
      const next = step(g.scalar(i, "int64"), weight);
      weight = next.weight;
      losses.push(g.reshape(next.loss, [1]));
    }
    const outputs = { weight: looped.carried[0]!, losses: looped.scans[0]! };
    const unrolled = { weight, losses: g.concat(losses, 0) };
    const expected = g.evaluate(unrolled, feeds());
    const named = { "weight.next": outputs.weight, losses: outputs.losses };
    const { ort, reference } = await bothWays(named, [...Object.values(tables), trips], feeds());
    for (const found of [ort, reference]) {
      expect(difference(found["weight.next"]!, expected["weight"]!, 2e-6)).toBeUndefined(); // float32 rounding of sums
      expect(difference(found["losses"]!, expected["losses"]!, 2e-6)).toBeUndefined();
    }
    const series = [...(expected["losses"]!.data as Float32Array)];
    expect(new Set(series).size).toBe(STEPS);
  });

  it("computes outside what does not change inside", () => {
    const fixed = g.square(tables.rate);
    const { carried } = g.loop({
      trips,
      carried: [tables.rate],
      body: (_, [c]) => ({ carried: [g.add(c!, g.exp(g.neg(fixed)))] }),
    });
    const text = g.dump({ out: carried[0]! });
    const body = text.split("\n").filter((line) => line.startsWith("  "));
    expect(body.filter((line) => / = (exp|neg|square) /.test(line))).toEqual([]);
    expect(text).toContain("exp");
  });

  it("gives captured, carried and repeated tensors back as they are", async () => {
    const rate = tables.rate;
    const result = g.loop({
      trips: g.scalar(2, "int64"),
      carried: [rate, rate],
      body: (i, [a, b]) => ({ carried: [b!, a!], scans: [a!, a!, rate, i, g.scalar(4)] }),
    });
    const outputs = Object.fromEntries([...result.carried, ...result.scans].map((y, i) => [`y${i}`, y]));
    const { ort, reference } = await bothWays(outputs, [rate], { rate: feeds()["rate"]! });
    for (const name of Object.keys(outputs)) expect(ort[name]).toEqual(reference[name]);
    expect(ort["y6"]!.data).toEqual(Float32Array.of(4, 4));
    expect(result.scans[0]!.shape).toEqual([2]);
  });

  it("keeps the shape and type of what it carries", () => {
    const grow = () =>
      g.layer("fit", () =>
        g.loop({ trips, carried: [tables.rate], body: (_, [c]) => ({ carried: [g.reshape(c!, [1])] }) }),
      );
    expect(grow).toThrow(
      "fit: loop carried tensor 0 must be float32 [] after a trip, as before it, got float32 [1].",
    );
    const lose = () => g.loop({ trips, carried: [tables.rate], body: () => ({ carried: [] }) });
    expect(lose).toThrow("graph: loop body must be a function that gives 1 carried tensors, got 0.");
  });

  it("does not let its inner tensors out", () => {
    let leaked: Tensor | undefined;
    g.loop({
      trips,
      carried: [tables.rate],
      body: (_, [c]) => {
        leaked = g.neg(c!);
        return { carried: [c!] };
      },
    });
    const message =
      "graph: formal of a body is used outside the loop it belongs to. Return it from the body as carried or as a scan.";
    const values: Record<string, TensorValue> = { rate: feeds()["rate"]! };
    expect(() => g.evaluate({ leaked: leaked! }, values)).toThrow(message);
    expect(() => g.toOnnx({ name: "leak", outputs: { leaked: leaked! } })).toThrow(message);
  });
});
