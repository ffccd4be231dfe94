import { describe, expect, it } from "vitest";
import { seededRandom } from "../../base/random.js";
import { bothWays, difference, drawn } from "../checks.contract.js";
import * as g from "../index.js";
import { type Tensor, type TensorValue, constant, input, scalar, toOnnx } from "../index.js";
import { decodeModel } from "./schema.js";

const stack = input("stack", "float32", [3, 4]);
const other = input("other", "float32", [3, 2]);
const around = input("around", "float32", [4]);
const inputs = [stack, other, around];
const feeds: Record<string, TensorValue> = Object.fromEntries(
  inputs.map((x) => [
    String(x.node.attributes["name"]),
    drawn({ shape: x.shape }, "float32", seededRandom(3, String(x.shape))),
  ]),
);
const trips = scalar(3, "int64");
const row = (x: Tensor, at: Tensor): Tensor => g.gather(x, at, 0);

const operators = (scans: readonly Tensor[]): string[] => {
  const outputs = Object.fromEntries(scans.map((y, i) => [`y${i}`, y]));
  const { graph } = decodeModel(toOnnx({ name: "test", inputs, outputs }));
  return graph!.node.map(({ opType }) => opType);
};

async function agree(scans: readonly Tensor[]): Promise<void> {
  const outputs = Object.fromEntries(scans.map((y, i) => [`y${i}`, y]));
  const { ort, reference } = await bothWays(outputs, inputs, feeds);
  for (const name of Object.keys(outputs))
    expect(difference(ort[name]!, reference[name]!, 2e-6)).toBeUndefined();
}

describe("a loop over the rows of tensors", () => {
  it("is written as a map over rows, with the same results", async () => {
    const { scans } = g.loop({
      trips,
      carried: [],
      body: (at) => {
        const [x, y] = [row(stack, at), row(other, at)];
        return { carried: [], scans: [g.mul(g.add(x, around), x), g.neg(y), around, g.reduceSum(x, [0])] };
      },
    });
    expect(operators(scans)).toContain("Scan");
    expect(operators(scans)).not.toContain("Loop");
    await agree(scans);
  });

  it("may stand inside another loop, in which what it maps changes", async () => {
    const mapped = (x: Tensor): Tensor =>
      g.loop({
        trips,
        carried: [],
        body: (at) => ({ carried: [], scans: [g.mul(row(x, at), around)] }),
      }).scans[0]!;
    const { carried } = g.loop({
      trips: scalar(2, "int64"),
      carried: [stack],
      body: (_, [now]) => ({ carried: [mapped(now!)] }),
    });
    expect(operators(carried)).toEqual(["Loop"]);
    await agree(carried);
  });

  it.each<[string, (at: Tensor) => Tensor]>([
    ["gives a row as it is", (at) => row(stack, at)],
    ["uses its iteration otherwise", (at) => g.add(row(stack, at), g.cast(at, "float32"))],
    ["gives its iteration", (at) => g.add(at, at)],
    ["takes columns", (at) => g.gather(stack, at, 1)],
    ["takes rows of something made inside", (at) => row(g.mul(stack, g.cast(at, "float32")), at)],
    ["takes some of the rows only", (at) => row(constant(rows(5)), at)],
  ])("stays a loop where it %s", async (_, body) => {
    const { scans } = g.loop({ trips, carried: [], body: (at) => ({ carried: [], scans: [body(at)] }) });
    expect(operators(scans)).toContain("Loop");
    expect(operators(scans)).not.toContain("Scan");
    await agree(scans);
  });

  it("stays a loop where the number of trips is known only when it runs", () => {
    const { scans } = g.loop({
      trips: input("trips", "int64", []),
      carried: [],
      body: (at) => ({ carried: [], scans: [g.neg(row(stack, at))] }),
    });
    const model = toOnnx({ name: "test", outputs: { y: scans[0]! } });
    expect(decodeModel(model).graph!.node.map(({ opType }) => opType)).toEqual(["Loop"]);
  });
});

function rows(count: number): TensorValue {
  return { dtype: "float32", shape: [count, 2], data: Float32Array.from({ length: 2 * count }, (_, i) => i) };
}
