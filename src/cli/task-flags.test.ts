import { describe, expect, it } from "vitest";
import { ConfigError } from "../base/errors.js";
import { tasksFromFlags } from "./task-flags.js";

describe("tasks on the command line", () => {
  it("reads names, kinds and clusters from one list", () => {
    expect(
      tasksFromFlags({ tasks: ["a,b=classification,c=clustering:3", "d=clustering:auto"] }, "train"),
    ).toEqual({
      a: {},
      b: { kind: "classification" },
      c: { kind: "clustering", clusters: 3 },
      d: { kind: "clustering", clusters: "auto" },
    });
  });

  it("reads transforms behind a kind or by --transform", () => {
    const flags = { tasks: ["a=regression:log,b"], task: ["c=d"], transform: ["b=none", "c=d=yeo-johnson"] };
    expect(tasksFromFlags(flags, "train")).toEqual({
      a: { kind: "regression", transform: "log" },
      b: { transform: "none" },
      "c=d": { transform: "yeo-johnson" },
    });
  });

  it("takes exact names with any sign by --task and --kind", () => {
    const flags = { task: ["price, EUR", "a=b:c"], kind: ["price, EUR=regression", "a=b:c=clustering:2"] };
    expect(tasksFromFlags(flags, "train")).toEqual({
      "price, EUR": { kind: "regression" },
      "a=b:c": { kind: "clustering", clusters: 2 },
    });
  });

  it("cuts a reference at the equals sign that ends a task's name", () => {
    const flags = { task: ["a=b"], kind: ["a=b=clustering:2"], reference: ["a=b=c=d"] };
    expect(tasksFromFlags(flags, "train")).toEqual({
      "a=b": { kind: "clustering", clusters: 2, reference: "c=d" },
    });
  });

  it("replaces the tasks of a study file, or changes single ones", () => {
    const file = { a: { kind: "regression" as const }, b: {} };
    expect(tasksFromFlags({ tasks: ["c"] }, "train", file)).toEqual({ c: {} });
    expect(tasksFromFlags({ kind: ["b=regression"] }, "train", file)).toEqual({
      a: { kind: "regression" },
      b: { kind: "regression" },
    });
    expect(tasksFromFlags({}, "train")).toBeUndefined();
  });

  it.each([
    [{ tasks: ["a,a"] }, 'task "a" is named twice'],
    [{ tasks: ["a"], task: ["a"] }, 'task "a" is named twice'],
    [{ tasks: ["a=clasification"] }, 'Did you mean "classification"?'],
    [{ tasks: ["a=clustering:1"] }, "a whole number of at least 2"],
    [{ tasks: ["a=clustering:"] }, 'got ""'],
    [{ tasks: ["a=regression:lug"] }, 'Did you mean "log"?'],
    [{ tasks: ["a=classification:log"] }, 'the kind of task "a" must be'],
    [{ tasks: ["a"], transform: ["a=sqrt"] }, "must be auto, none, log or yeo-johnson"],
    [{ tasks: ["a"], transform: ["log"] }, "must be NAME=TRANSFORM"],
    [{ tasks: ["a,,b"] }, "an empty name"],
    [{ tasks: ["a"], kind: ["b=regression"] }, 'names "b", which is not a task'],
    [{ kind: ["regression"] }, "must be NAME=KIND"],
    [{ tasks: ["a"], reference: ["=x"] }, "must be TASK=COLUMN"],
  ])("refuses %j", (flags, words) => {
    expect(() => tasksFromFlags(flags, "train")).toThrow(ConfigError);
    expect(() => tasksFromFlags(flags, "train")).toThrow(words);
  });
});
