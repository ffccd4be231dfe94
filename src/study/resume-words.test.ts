import { describe, expect, it } from "vitest";
import { ConfigError } from "../base/errors.js";
import { refuseOtherStudy, resumedText } from "./resume-words.js";
import { withDefaults } from "./schema-complete.js";

describe("the line about what is resumed", () => {
  it("says what is done, where the others go on and how many begin", () => {
    const kept = [
      { model: "multi-task", phase: "refit", epoch: 4 },
      { model: "a", phase: "done", epoch: 9 },
      { model: "b", phase: "first", epoch: 12 },
    ] as const;
    expect(resumedText(kept, ["multi-task", "a", "b", "c"])).toBe(
      "Resumed; done: a alone; going on: the shared model at epoch 4 of the second training, b alone at epoch 12; from the start: 1 of 4 models.",
    );
  });

  it("is short when nothing was kept yet, or everything is done", () => {
    expect(resumedText([], ["multi-task", "a", "b"])).toBe("Resumed; from the start: 3 of 3 models.");
    expect(resumedText([{ model: "multi-task", phase: "done", epoch: 1 }], ["multi-task"])).toBe(
      "Resumed; done: the shared model.",
    );
  });

  it("names a few of many models", () => {
    const kept = Array.from({ length: 50 }, (_, i) => ({ model: `t${i}`, phase: "done", epoch: 1 }) as const);
    expect(resumedText(kept, [])).toMatch(/t5 alone and 44 more\.$/);
  });
});

describe("the options of a run that goes on", () => {
  const options = withDefaults({
    data: "a.csv",
    tasks: { x: {}, y: { kind: "regression" } },
    ignore: ["id"],
  });
  const stored = JSON.parse(JSON.stringify(options)) as Record<string, unknown>;

  it("may be the same with the data elsewhere", () => {
    expect(() => refuseOtherStudy(stored, { ...options, data: "elsewhere/a.csv" })).not.toThrow();
  });

  it("are refused with every difference and both values when they are others", () => {
    const { budget } = options;
    const refuse = (): void =>
      refuseOtherStudy(stored, {
        ...options,
        ignore: [],
        budget: { ...budget, epochs: 7 },
        tasks: { x: {} },
      });
    expect(refuse).toThrow(ConfigError);
    expect(refuse).toThrow(
      'resume: the run\'s options tasks.y ({"kind":"regression"} then, none now), ignore (["id"] then, [] now), budget.epochs ("auto" then, 7 now) differ from those it began with. Give the options it began with, or start anew, overwriting it.',
    );
  });
});
