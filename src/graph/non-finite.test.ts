import { describe, expect, it } from "vitest";
import { type Values, bothWays } from "./checks.contract.js";
import * as g from "./index.js";
import { describeNonFinite, firstNonFinite, layerProbes } from "./non-finite.js";
import type { Tensor } from "./tensor.js";

const x = g.input("x", "float32", ["n", 2]);
const hidden = g.layer("trunk.0", () => g.log(g.sub(x, g.scalar(1))));
const scaled = g.layer("trunk.1", () => g.sqrt(g.mul(hidden, g.scalar(2))));
const loss = g.layer("loss", () => g.reduceMean(g.square(scaled), [0, 1]));

const rows = (...data: number[]) =>
  ({ dtype: "float32", shape: [data.length / 2, 2], data: Float32Array.from(data) }) as const;

async function found(outputs: Record<string, Tensor>, inputs: readonly Tensor[], feeds: Values) {
  const watched = layerProbes(outputs);
  const { ort, reference } = await bothWays(watched.outputs, inputs, feeds);
  expect(firstNonFinite(watched.probes, ort)).toEqual(firstNonFinite(watched.probes, reference));
  return firstNonFinite(watched.probes, ort);
}

describe("the first value that is not finite", () => {
  it("is looked for where tensors leave their layers", () => {
    const { probes } = layerProbes({ loss });
    expect(probes.map(({ layer, op }) => [layer, op])).toEqual([
      ["", 'input "x"'],
      ["trunk.0", "log"],
      ["trunk.1", "sqrt"],
      ["loss", "reduce-mean"],
    ]);
  });

  it("is found in the layer whose inputs still were finite", async () => {
    expect(await found({ loss }, [x], { x: rows(3, 4, 5, 6) })).toBeUndefined();
    const first = await found({ loss }, [x], { x: rows(3, 1, 5, 0.5) });
    expect(first).toMatchObject({ layer: "trunk.0", op: "log", count: 2 });
    expect(describeNonFinite(first!)).toBe("layer trunk.0 (log [n, 2])");
    expect(await found({ loss }, [x], { x: rows(1.5, 2) })).toMatchObject({ layer: "trunk.1", count: 1 });
    expect(await found({ loss }, [x], { x: rows(1e38, 1e38) })).toBeUndefined();
    const fed = await found({ loss }, [x], { x: rows(Number.NaN, 4, 3, Number.POSITIVE_INFINITY) });
    expect(fed).toMatchObject({ layer: "", count: 2 });
    expect(describeNonFinite(fed!)).toBe('input "x"');
  });

  it("may be in a gradient", async () => {
    const [d] = g.gradients(loss, [x]);
    const root = g.layer("root", () => g.sqrt(g.abs(x)));
    const [e] = g.gradients(g.reduceSum(root, [0, 1]), [x]);
    expect(await found({ loss, d: d! }, [x], { x: rows(3, 2) })).toMatchObject({
      layer: "trunk.1",
      op: "mul",
    });
    expect(await found({ root, e: e! }, [x], { x: rows(0, 2) })).toMatchObject({ layer: "root", count: 1 });
  });

  it("is in a step of a loop, the earliest first", async () => {
    const [w, trips] = [g.input("w", "float32", []), g.input("trips", "int64", [])];
    const { carried, scans } = g.loop({
      trips,
      carried: [w],
      body: (step, [at]) => {
        const grown = g.layer("growth", () => g.exp(g.mul(at!, g.scalar(2))));
        const share = g.layer("share", () => g.div(grown, g.sub(g.cast(step, "float32"), g.scalar(2))));
        return { carried: [g.abs(share)], scans: [grown] };
      },
    });
    const outputs = { w: carried[0]!, last: g.layer("after", () => g.reduceSum(scans[0]!, [0])) };
    const feeds = (start: number, count: number): Values => ({
      w: { dtype: "float32", shape: [], data: Float32Array.of(start) },
      trips: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(count)) },
    });
    expect(await found(outputs, [w, trips], feeds(-9, 2))).toBeUndefined();
    expect(await found(outputs, [w, trips], feeds(-9, 9))).toMatchObject({ layer: "share", step: 2 });
    const again = g.loop({
      trips,
      carried: [carried[0]!],
      body: (_, [a]) => ({ carried: [g.log(g.neg(a!))] }),
    });
    const twice = { w: again.carried[0]! };
    expect(await found(twice, [w, trips], feeds(-9, 9))).toMatchObject({ layer: "share", step: 2 });
    expect(await found(twice, [w, trips], feeds(-9, 2))).toMatchObject({ op: "log", step: 0, loop: 1 });
    expect(await found(outputs, [w, trips], feeds(50, 3))).toMatchObject({ layer: "growth", step: 0 });
  });
});
