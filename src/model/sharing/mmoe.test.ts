import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../graph/index.js";
import { exampleShape, feedsOf, randomExample, tracedFeatures } from "./architecture.contract.js";
import {
  expectCount,
  expectHostFeatures,
  hostLayer,
  hostLinear,
  hostMix,
  hostSoftmax,
  layerCount,
  randomShapes,
} from "./host.contract.js";
import { mmoe } from "./mmoe.js";

const whole = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const sum = (numbers: readonly number[]): number => numbers.reduce((total, x) => total + x, 0);
const layersOf = ({ trunk }: { trunk: readonly number[] }): number[] => [...trunk.keys()];

describe("MMoE", () => {
  it("has E times the trunk's parameters, and a gate for each task or one", () => {
    const shapes = randomShapes(mmoe, { experts: whole(1, 5), "one-gate": whole(0, 1) });
    expectCount(mmoe, shapes, (shape) => {
      const { experts: E, "one-gate": one } = shape.options as Record<string, number>;
      const gate = (shape.inputs + 1) * E!;
      return (
        E! * sum(layersOf(shape).map((i) => layerCount(shape, i))) +
        gate * (one === 1 ? 1 : shape.tasks.length)
      );
    });
  });

  it("is Σ softmax(x·Wₖ)ᵢ·eᵢ(x)", () => {
    const shapes = randomShapes(mmoe, { experts: whole(1, 4), "one-gate": whole(0, 1) });
    expectHostFeatures(mmoe, shapes, ({ shape, read, x, member }, task) => {
      const one = shape.options["one-gate"] === 1;
      const experts = Array.from({ length: shape.options["experts"]! }, (_, e) =>
        layersOf(shape).reduce<readonly number[]>(
          (h, i) => hostLayer(read, `trunk.${i}.experts`, [e], member, h),
          x,
        ),
      );
      const [name, of] = one ? ["trunk.0.gate", 0] : ["tasks.0.gate", task];
      const gate = hostSoftmax(hostLinear(read(`${name}.weight`, of)!, read(`${name}.bias`, of)!, x));
      return hostMix(gate, experts);
    });
  });

  it("has levels whose experts read what one gate mixes, and whose gates read what a task's own gate mixed", () => {
    const shapes = randomShapes(mmoe, { experts: whole(1, 3), levels: whole(2, 4) }).filter(
      ({ trunk, options }) => options["levels"] === trunk.length,
    );
    expectHostFeatures(mmoe, shapes, ({ shape, read, x, member }, task) => {
      let [ofAll, ofTask]: (readonly number[])[] = [x, x] as const;
      for (const i of layersOf(shape)) {
        const experts = Array.from({ length: shape.options["experts"]! }, (_, e) =>
          hostLayer(read, `trunk.${i}.experts`, [e], member, ofAll!),
        );
        const gate = (name: string, of: number, z: readonly number[]): number[] =>
          hostSoftmax(hostLinear(read(`${name}.weight`, of)!, read(`${name}.bias`, of)!, z));
        const last = i === shape.trunk.length - 1;
        [ofTask, ofAll] = [
          hostMix(gate(`tasks.${i}.gate`, task, ofTask!), experts),
          last ? ofAll : hostMix(gate(`trunk.${i}.gate`, 0, ofAll!), experts),
        ];
      }
      return ofTask!;
    });
  });

  it("gives tasks that gate alike the same features, which is the mixture of one gate", () => {
    const shape = exampleShape(mmoe);
    const one = exampleShape(mmoe, { options: { "one-gate": 1 } });
    const example = randomExample(mmoe, one, 3);
    const T = shape.tasks.length;
    const experts = example.parameters.slice(0, -4 * (shape.inputs + 1));
    const gate = example.parameters.slice(-4 * (shape.inputs + 1)); // weights [1, D, E], biases [1, E]
    const repeat = (part: Float64Array): number[] => Array.from({ length: T }, () => [...part]).flat();
    const parameters = Float64Array.from([
      ...experts,
      ...repeat(gate.slice(0, 4 * shape.inputs)),
      ...repeat(gate.slice(4 * shape.inputs)),
    ]);
    const many = evaluate(
      { found: tracedFeatures(mmoe, shape).perTask! },
      feedsOf(shape, { ...example, parameters }),
    )["found"]!.data as Float64Array;
    const single = evaluate({ found: tracedFeatures(mmoe, one).shared! }, feedsOf(one, example))["found"]!
      .data as Float64Array;
    many.forEach((value, i) => expect(value).toBeCloseTo(single[i % single.length]!, 12));
  });
});
