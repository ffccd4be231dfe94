import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../graph/index.js";
import { adatt } from "./adatt.js";
import {
  exampleShape,
  feedsOf,
  hostBlock,
  randomExample,
  tracedFeatures,
  weightsOf,
} from "./architecture.contract.js";
import type { SharingShape } from "./architecture.js";
import {
  type HostModel,
  anyShape,
  countOf,
  expectFeatures,
  hostLayer,
  layerCount,
  overLayers,
  rectified,
} from "./host-towers.contract.js";

const shapes = anyShape(adatt, {
  experts: fc.integer({ min: 1, max: 3 }),
  shared: fc.integer({ min: 0, max: 2 }),
});
const level = (shape: SharingShape, index: number) => {
  const [T, m, s] = [shape.tasks.length, shape.options["experts"]!, shape.options["shared"]!];
  const last = index === shape.trunk.length - 1;
  return { T, m, s, E: T * m + s, units: s > 0 && !last ? T + 1 : T, room: last ? "tasks" : "trunk" };
};

describe("adatt", () => {
  it("has experts and gates for each unit of a level, and weights of own experts where there are several", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const expected = overLayers(shape, (_, index) => {
          const { T, m, s, E, units } = level(shape, index);
          const reads = index === 0 ? shape.inputs : shape.trunk[index - 1]!;
          const own = (m > 1 ? T * m : 0) + (units > T && s > 1 ? s : 0);
          return layerCount(shape, index, E) + units * (reads + 1) * E + own;
        });
        expect(countOf(adatt, shape)).toBe(expected);
      }),
    );
  });

  it("fuses all experts by a task's gate and adds its own", () => {
    fc.assert(
      fc.property(shapes, fc.nat(1000), (shape, seed) => {
        expectFeatures(adatt, shape, seed, hostAdatt);
      }),
      { numRuns: 40 },
    );
  });

  it("has the task's own expert as a residual: without it, fused features are means of experts", () => {
    fc.assert(
      fc.property(fc.nat(1000), (seed) => {
        const shape = exampleShape(adatt, { trunk: [4] });
        const T = shape.tasks.length;
        expectFeatures(adatt, shape, seed, (model, row, member) => {
          const all = shape.tasks.map((_, copy) =>
            hostLayer(model, { name: "trunk.0.experts", copy, member, width: 4 }, row).map(rectified),
          );
          const gates = hostGates(
            model,
            "tasks.0.gate",
            T,
            shape.tasks.map(() => row),
          );
          return all.map((own, k) =>
            own.map((x, h) => x + all.reduce((sum, other, j) => sum + gates[k]![j]! * other[h]!, 0)),
          );
        });
      }),
      { numRuns: 5 },
    );
  });

  it("tells the gates of every level, which sum to 1 without the residual", () => {
    const shape = exampleShape(adatt, { options: { experts: 2, shared: 1 } });
    const { gates = {} } = tracedFeatures(adatt, shape);
    expect(Object.keys(gates)).toEqual(["level 1", "level 2"]);
    const found = evaluate(weightsOf(gates), feedsOf(shape, randomExample(adatt, shape, 1)));
    expect(found["level 1"]!.shape).toEqual([4, 1, 4, 7]); // three tasks and the shared unit
    expect(found["level 2"]!.shape).toEqual([3, 1, 4, 7]);
  });
});

/** Softmax gates over E experts of units that each read features of their own. */
function hostGates(
  model: HostModel,
  name: string,
  E: number,
  reads: readonly (readonly number[])[],
): number[][] {
  return reads.map((x, u) => {
    const scores = Array.from({ length: E }, (_, e) =>
      x.reduce((sum, v, i) => sum + v * model.at(`${name}.weight`, u, i, e), model.at(`${name}.bias`, u, e)),
    );
    const most = Math.max(...scores);
    const raised = scores.map((score) => Math.exp(score - most));
    const total = raised.reduce((a, b) => a + b, 0);
    return raised.map((y) => y / total);
  });
}

/** All levels of one row and member, expert after expert. */
function hostAdatt(model: HostModel, row: readonly number[], member: number): number[][] {
  const { shape } = model;
  let units: number[][] = Array.from({ length: shape.tasks.length + 1 }, () => [...row]);
  shape.trunk.forEach((width, index) => {
    const { T, m, s, E, units: count, room } = level(shape, index);
    const unitOf = (e: number): number => Math.min(T, Math.floor(e / m));
    const all = Array.from({ length: E }, (_, copy) => {
      const read = units[unitOf(copy)]!;
      const made = hostLayer(model, { name: `trunk.${index}.experts`, copy, member, width }, read);
      return hostBlock(shape, read, made.map(rectified));
    });
    const gates = hostGates(model, `${room}.${index}.gate`, E, units.slice(0, count));
    units = Array.from({ length: count }, (_, u) =>
      Array.from({ length: width }, (__, h) =>
        all.reduce((sum, expert, e) => {
          let weight = gates[u]![e]!;
          if (unitOf(e) === u) {
            const first = u === T ? T * m : u * m;
            if (u < T) weight += m > 1 ? model.at(`${room}.${index}.own`, u, e - first, 0) : 1;
            else weight += s > 1 ? model.at(`trunk.${index}.shared-own`, 0, e - first, 0) : 1;
          }
          return sum + weight * expert[h]!;
        }, 0),
      ),
    );
  });
  return units;
}
