import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PLAIN } from "../../../test/fixtures/plain-model.js";
import { seededRandom } from "../../base/random.js";
import {
  type Tensor,
  type TensorValue,
  evaluate,
  gradients,
  input,
  reduceSum,
  square,
} from "../../graph/index.js";
import type { Task } from "../../tasks/task-kind.js";
import { taskOutput } from "../group-output.js";
import { modelLayout, parameterCount, unflatten } from "../layout.js";
import { network } from "../network.js";
import { sizeOf } from "../parameter.js";
import type { ModelSpec } from "../spec.js";
import { countOf, hardCount, randomShapes } from "./adapter-shapes.contract.js";
import { OUTPUTS_ALONE, exampleShape } from "./architecture.contract.js";
import type { SharedTask, SharingShape } from "./architecture.js";
import { list, numbersOf, sum } from "./by-hand.contract.js";
import { outputChain } from "./output-chain.js";

const ROWS = 3;
const options = { units: fc.integer({ min: 1, max: 9 }), gradient: fc.nat(1) };
const task = (name: string, outputs: number, parents: number[]): SharedTask => ({
  name,
  kind: "multiclass",
  outputs,
  signal: outputs,
  parents,
});
/** Two tasks, a child of both, and a grandchild that reads the first as well. */
const TASKS = [task("a", 1, []), task("b", 3, []), task("c", 2, [0, 1]), task("d", 1, [2, 0])];
/** What a child sees, in place of a kind's own. */
const seen = (x: number): number => x * x;

describe("the output chain", () => {
  it("has the trunk of hard sharing and one hidden layer for each task with a parent", () => {
    fc.assert(
      fc.property(randomShapes(outputChain, options), (shape) => {
        const [M, H, C] = [shape.members, shape.trunk.at(-1)!, shape.options["units"]!];
        const children = shape.tasks.length - 1;
        const layer = (H + 1) * C + C + C; // of a child that reads one number
        expect(countOf(outputChain, shape)).toBe(hardCount(shape) + children * M * layer);
      }),
    );
  });

  it("adds to a child's output what a hidden layer makes of the trunk and of its parents' corrected outputs", () => {
    fc.assert(
      fc.property(
        fc.record({ members: fc.constantFrom(1, 2), units: options.units, gradient: options.gradient }),
        fc.nat(999),
        ({ members, ...chosen }, seed) => {
          const shape = exampleShape(outputChain, { members, tasks: TASKS, options: chosen });
          const { found, numbers, h, z } = coupled(shape, seed);
          const expected: number[][][][] = []; // [T][M][R][W]
          TASKS.forEach(({ parents }, k) =>
            expected.push(
              z[k]!.map((rows, m) =>
                rows.map((own, r) => {
                  if (parents.length === 0) return own;
                  const read = [...h[k]![m]![r]!, ...parents.flatMap((p) => expected[p]![m]![r]!.map(seen))];
                  const at = (key: string, ...place: number[]): number =>
                    numbers.at(`trunk.chain.${k}.${key}`, m, ...place);
                  const hidden = list(chosen.units, (c) =>
                    Math.max(0, sum(read.length, (i) => read[i]! * at("weight", i, c)) + at("bias", 0, c)),
                  );
                  return own.map((x, w) => x + sum(chosen.units, (c) => hidden[c]! * at("output", c, w)));
                }),
              ),
            ),
          );
          found.forEach((values, k) => expectClose(values, expected[k]!.flat(2)));
        },
      ),
      { numRuns: 30 },
    );
  });

  it.each([0, 1])("lets a child's loss move its parent's head only where asked: %i", (gradient) => {
    const moved = headSlopes(gradient);
    expect(moved("regression-1.level1").some((x) => x !== 0)).toBe(true);
    expect(moved("multiclass-3").some((x) => x !== 0)).toBe(gradient === 1);
  });

  it("says what tasks it needs", () => {
    const alone = TASKS.map((one) => ({ ...one, parents: [] }));
    expect(outputChain.lacks!(exampleShape(outputChain, { tasks: TASKS }))).toBeUndefined();
    expect(outputChain.lacks!(exampleShape(outputChain, { tasks: alone }))).toBe(
      "tasks joined by parent-child links, such as price:sold",
    );
  });
});

/** Outputs of an architecture's coupling, beside the numbers they are made of: features and outputs `[T][M][R][…]`. */
function coupled(shape: SharingShape, seed: number) {
  const random = seededRandom(seed, "chain");
  const [T, M, H] = [shape.tasks.length, shape.members, shape.trunk.at(-1)!];
  const normals = (count: number): number[] => list(count, () => random.normal());
  const layout = outputChain.layout(shape);
  const flat = Float64Array.from(normals(parameterCount(layout)));
  const h = list(T, () => list(M, () => list(ROWS, () => normals(H))));
  const z = shape.tasks.map(({ outputs }) => list(M, () => list(ROWS, () => normals(outputs))));
  const parameters = input("flat", "float64", [flat.length]);
  const perTask = input("h", "float64", [T, M, ROWS, H]);
  const own = shape.tasks.map(({ outputs }, k) => input(`z${k}`, "float64", [M, ROWS, outputs]));
  const { outputs } = outputChain.couple!(shape, own, {
    ...OUTPUTS_ALONE,
    features: { perTask },
    parameters: unflatten(layout, parameters),
    signal: (_, output) => square(output),
  });
  const feeds = {
    flat: doubles([flat.length], flat),
    h: doubles([T, M, ROWS, H], h.flat(3)),
    ...Object.fromEntries(
      shape.tasks.map((one, k) => [`z${k}`, doubles([M, ROWS, one.outputs], z[k]!.flat(2))]),
    ),
  };
  const values = evaluate(Object.fromEntries(outputs.map((one, k) => [`o${k}`, one])), feeds);
  return {
    found: outputs.map((_, k) => [...(values[`o${k}`]!.data as Float64Array)]),
    numbers: numbersOf(layout, flat),
    h,
    z,
  };
}

/** The gradient that the loss of a number, child of a class, gives to the weights of a group's heads. */
function headSlopes(gradient: number): (group: string) => Float64Array {
  const labelled = 9;
  const tasks: Task[] = [
    { name: "amount", coding: { kind: "regression", mean: 0, deviation: 1, labelled } },
    {
      name: "kind",
      coding: {
        kind: "multiclass",
        classes: ["x", "y", "z"],
        classType: "string",
        priors: [0.2, 0.3, 0.5],
        labelled,
      },
    },
  ];
  const spec: ModelSpec = {
    ...PLAIN,
    inputs: 3,
    trunk: [4, 5],
    tasks,
    links: [{ kind: "parent-child", from: "kind", to: "amount" }],
    sharing: { architecture: "output-chain", options: { gradient } },
  };
  const layout = modelLayout(spec);
  const size = parameterCount(layout);
  const flat = input("flat", "float64", [size]);
  const { groups } = network(spec, input("encoded", "float64", [ROWS, 3]), unflatten(layout, flat));
  const child = groups.find(({ group }) => group.name.startsWith("regression"))!;
  const { output } = taskOutput(child, 0);
  const slope = gradients(reduceSum(square(output), [0, 1, 2]), [flat])[0] as Tensor;
  const random = seededRandom(1, "slopes");
  const draw = (count: number): number[] => list(count, () => random.normal());
  const feeds = { flat: doubles([size], draw(size)), encoded: doubles([ROWS, 3], draw(ROWS * 3)) };
  const data = evaluate({ slope }, feeds)["slope"]!.data as Float64Array;
  return (group) => {
    let offset = 0;
    for (const { name, shape } of layout) {
      if (name.startsWith(`heads.${group}`) && name.endsWith(".weight"))
        return data.subarray(offset, offset + sizeOf(shape));
      offset += sizeOf(shape);
    }
    throw new RangeError(`no heads of ${group} in ${layout.map(({ name }) => name).join(", ")}`);
  };
}

const doubles = (shape: readonly number[], data: ArrayLike<number>): TensorValue => ({
  dtype: "float64",
  shape: [...shape],
  data: Float64Array.from(data),
});

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 9));
}
