import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runOnnx } from "../../graph/checks.contract.js";
import { type Tensor, type TensorValue, dump, input, toOnnx } from "../../graph/index.js";
import { seededRandom } from "../../base/random.js";
import { updateRule } from "../optimizer.js";
import { OPTIMIZERS } from "../optimizers/index.js";
import { BLOCKED_FROM, blockableSize, blocksOf, carriedShape } from "./blocks.js";

const DIVIDED = BLOCKED_FROM; // 8 blocks
const WHOLE = BLOCKED_FROM + 7; // a multiple of no number of blocks

describe("the blocks of a vector", () => {
  it("cover it exactly, each about 2¹⁷ long", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e8 }), (size) => {
        const blocks = blocksOf(size);
        if (!blocks) return;
        expect(size).toBeGreaterThanOrEqual(BLOCKED_FROM);
        expect(blocks.count * blocks.block).toBe(size);
        expect(blocks.block).toBeGreaterThanOrEqual(2 ** 16);
        expect(blocks.block).toBeLessThanOrEqual(2 ** 18);
      }),
    );
  });

  it("are there for every blockable size, which is at most a thousandth longer", () => {
    fc.assert(
      fc.property(fc.integer({ min: BLOCKED_FROM, max: 1e8 }), (size) => {
        const longer = blockableSize(size);
        expect(longer).toBeGreaterThanOrEqual(size);
        expect(longer).toBeLessThan(size * 1.001);
        expect(blocksOf(longer)).toBeDefined();
        expect(blockableSize(longer)).toBe(longer);
      }),
    );
  });

  it("are none where there are few parameters", () => {
    expect(blockableSize(22_792)).toBe(22_792);
    expect(carriedShape(22_792)).toEqual([22_792]);
    expect(carriedShape(BLOCKED_FROM - 1)).toEqual([BLOCKED_FROM - 1]);
    expect(carriedShape(DIVIDED)).toEqual([8, 2 ** 17]);
    expect(blocksOf(WHOLE)).toBeUndefined();
  });
});

interface Step {
  readonly outputs: Readonly<Record<string, Tensor>>;
  readonly feeds: Readonly<Record<string, TensorValue>>;
}

/** One step from a state that is not zero, of as many parameters. */
function step(slug: keyof typeof OPTIMIZERS, size: number): Step {
  const rule = updateRule(OPTIMIZERS[slug].transform, { clip: 1e9, average: 0.9 });
  const vector = (name: string): Tensor => input(name, "float32", [size]);
  const scalars = rule.scalars(3, 0.01);
  const { parameters, state } = rule.update({
    parameters: vector("parameters"),
    gradient: vector("gradient"),
    decay: vector("decay"),
    rates: vector("rates"),
    state: Object.fromEntries(rule.state.map((name) => [name, vector(name)])),
    scalars: scalars.map((_, i) => input(`scalar-${i}`, "float32", [])),
    layout: [{ name: "all", shape: [size], init: "zeros", decay: true }],
  });
  const drawn = (name: string): TensorValue => {
    const random = seededRandom(2, name);
    const some = Array.from({ length: 64 }, () => random.uniform());
    const least = name === "v" || name === "squares" ? 0 : -0.5;
    const data = new Float32Array(size);
    for (let i = 0; i < DIVIDED; i++) data[i] = least + some[i % 64]! * ((i % 1013) / 1013); // 0 beyond
    return { dtype: "float32", shape: [size], data };
  };
  return {
    outputs: {
      "parameters.next": parameters,
      ...Object.fromEntries(Object.entries(state).map(([name, next]) => [`${name}.next`, next])),
    },
    feeds: {
      ...Object.fromEntries(
        ["parameters", "gradient", "decay", "rates", ...rule.state].map((name) => [name, drawn(name)]),
      ),
      ...Object.fromEntries(
        scalars.map(
          (x, i) => [`scalar-${i}`, { dtype: "float32", shape: [], data: Float32Array.of(x) }] as const,
        ),
      ),
    },
  };
}

describe("a step in blocks", () => {
  it.each(["adamw", "lion", "sgd"] as const)("is to the bit the step of whole vectors: %s", async (slug) => {
    const [blocked, whole] = [step(slug, DIVIDED), step(slug, WHOLE)];
    expect(dump(blocked.outputs)).toContain(" loop ");
    expect(dump(whole.outputs)).not.toContain(" loop ");
    const run = ({ outputs, feeds }: Step) => runOnnx(toOnnx({ name: "step", outputs }), { ...feeds });
    const [found, expected] = [await run(blocked), await run(whole)];
    for (const name of Object.keys(blocked.outputs)) {
      const bytes = (of: typeof found): Uint8Array =>
        new Uint8Array((of[name]!.data as Float32Array).buffer, 0, 4 * DIVIDED);
      expect(Buffer.compare(bytes(found), bytes(expected)), name).toBe(0);
    }
  });
});
