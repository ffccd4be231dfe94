import { describe, expect, it } from "vitest";
import { type Tensor, add, gradients, input, reduceSum } from "../graph/index.js";
import { order } from "../graph/traversal.js";
import type { Task } from "../tasks/task-kind.js";
import { groupOrder, taskGroups } from "./groups.js";
import { modelLayout, parameterCount, unflatten } from "./layout.js";
import { taskLosses } from "./losses.js";
import { network } from "./network.js";
import type { ModelSpec } from "./spec.js";
import { PLAIN } from "../../test/fixtures/plain-model.js";

const amount = (name: string): Task => ({
  name,
  coding: { kind: "regression", mean: 0, deviation: 1, labelled: 5 },
});
const classes = (name: string, count: number): Task => ({
  name,
  coding: {
    kind: count === 2 ? "binary" : "multiclass",
    classes: Array.from({ length: count }, (_, k) => `c${k}`),
    classType: "string",
    priors: Array.from({ length: count }, () => 1 / count),
    labelled: 5,
  },
});
const groups = (name: string, clusters: number, embedding = 10): Task => ({
  name,
  coding: { kind: "clustering", clusters, embedding },
});
const specOf = (tasks: readonly Task[], links: ModelSpec["links"] = []): ModelSpec => ({
  inputs: 2,
  tasks,
  links,
  trunk: [4],
  ...PLAIN,
});
const shown = (spec: ModelSpec): (readonly [string, number[]])[] =>
  taskGroups(spec).map(({ name, tasks }) => [name, [...tasks]]);

describe("groups of tasks", () => {
  it("stack tasks of one kind and width", () => {
    const spec = specOf([
      amount("a"),
      classes("b", 2),
      amount("c"),
      classes("d", 3),
      classes("e", 4),
      classes("f", 3),
    ]);
    expect(shown(spec)).toEqual([
      ["regression-1", [0, 2]],
      ["binary-1", [1]],
      ["multiclass-3", [3, 5]],
      ["multiclass-4", [4]],
    ]);
    expect(groupOrder(taskGroups(spec))).toEqual([0, 2, 1, 3, 5, 4]);
  });

  it("keep clusterings apart that have other numbers of clusters or other widths", () => {
    expect(shown(specOf([groups("a", 3), groups("b", 4), groups("c", 3), groups("d", 3, 2)]))).toEqual([
      ["clustering-10to3", [0, 2]],
      ["clustering-10to4", [1]],
      ["clustering-2to3", [3]],
    ]);
  });

  it("put children after their parents, level by level", () => {
    const links = [
      ["z", "y"],
      ["y", "x"],
    ].map(([from, to]) => ({ kind: "parent-child" as const, from: from!, to: to! }));
    const found = taskGroups(specOf(["x", "y", "z", "w"].map(amount), links));
    expect(found.map(({ name, tasks, level }) => [name, tasks, level])).toEqual([
      ["regression-1", [2, 3], 0],
      ["regression-1.level1", [1], 1],
      ["regression-1.level2", [0], 2],
    ]);
  });

  it("lie side by side in the tables of targets and masks, without gap or overlap", () => {
    const found = taskGroups(
      specOf([groups("g", 3), amount("a"), classes("b", 2), groups("h", 5), amount("c")]),
    );
    let [target, mask] = [0, 0];
    for (const group of found) {
      expect(group.targetOffset).toBe(target);
      expect(group.maskOffset).toBe(mask);
      target += group.tasks.length * group.targetWidth;
      mask += group.tasks.length;
    }
    expect([target, mask]).toEqual([3 + 5 + 1 + 1 + 1, 5]);
  });

  it.each([
    ["of one kind", (t: number) => amount(`task ${t}`), 1],
    ["of two kinds in turn", (t: number) => (t % 2 === 0 ? amount(`task ${t}`) : classes(`task ${t}`, 2)), 2],
  ])(
    "make a training step's graph of the same size for four tasks and for a thousand %s",
    (_, task, expected) => {
      const specs = [4, 1000].map((count) => specOf(Array.from({ length: count }, (__, t) => task(t))));
      for (const spec of specs) expect(taskGroups(spec)).toHaveLength(expected);
      const [few, many] = specs.map(nodesOfStep);
      expect(many).toBe(few);
    },
  );
});

/** Nodes of losses and gradient of one batch. */
function nodesOfStep(spec: ModelSpec): number {
  const layout = modelLayout(spec);
  const flat = input("parameters", "float32", [parameterCount(layout)]);
  const encoded = input("encoded", "float32", ["rows", spec.inputs]);
  const labels = (name: string): Tensor => input(name, "float32", ["rows", spec.tasks.length]);
  const losses = taskLosses(
    network(spec, encoded, unflatten(layout, flat)),
    labels("targets"),
    labels("mask"),
    encoded,
  );
  const total = reduceSum(losses, [0]);
  const [gradient] = gradients(total, [flat]);
  return order([add(reduceSum(gradient!, [0]), total)]).length;
}
