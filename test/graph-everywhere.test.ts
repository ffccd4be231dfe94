import { afterAll, describe, expect, it } from "vitest";
import { type Tensor, dropout, evaluate, input, randomUniform, toOnnx } from "../src/graph/index.js";
import { forcedRuntime, nodeRuntime } from "../src/runtime/node.js";
import type { Runtime } from "../src/runtime/runtime.js";

const [seed, step] = [input("seed", "int64", []), input("step", "int64", [])];
const source = { seed, step, stream: 3 };

const outputs: Readonly<Record<string, Tensor>> = {
  uniform: randomUniform([40], source),
  none: randomUniform([0, 2], source),
  dropped: dropout(input("x", "float32", [8, 5]), 0.3, source),
};

const whole = (x: bigint) => ({ dtype: "int64", shape: [], data: BigInt64Array.of(x) }) as const;
const x = {
  dtype: "float32",
  shape: [8, 5],
  data: Float32Array.from({ length: 40 }, (_, i) => i - 20),
} as const;

describe("random values in a graph", () => {
  const opened: Runtime[] = [];
  afterAll(() => Promise.all(opened.map((runtime) => runtime.close())));

  it.each(["native", "wasm"] as const)("are those of the reference, to the bit: %s", async (prefer) => {
    const runtime = await nodeRuntime({ prefer, inline: true });
    opened.push(runtime);
    if (prefer === "wasm" && forcedRuntime() === undefined) expect(runtime.kind).toBe("wasm");
    const session = await runtime.open(toOnnx({ name: "random", outputs }));
    for (const [s, t] of [
      [0n, 0n],
      [-5n, 1n],
      [123_456_789_012n, 4_294_967_295n],
    ] as const) {
      const feeds = { seed: whole(s), step: whole(t), x };
      const [found, expected] = [await session.run(feeds), evaluate(outputs, feeds)];
      for (const name of Object.keys(outputs)) {
        expect(found[name]!.shape).toEqual(expected[name]!.shape);
        expect(Array.from(found[name]!.data, Number)).toEqual(Array.from(expected[name]!.data, Number));
      }
    }
  });
});
