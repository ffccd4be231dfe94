import { describe, expect, it } from "vitest";
import { expandLinks } from "./expand-links.js";
import type { PreparedTask } from "./plan.js";
import { completeStudy } from "./schema-complete.js";

const part = (target: string, value: string): PreparedTask => ({
  name: `${target}[${value}]`,
  kind: "regression",
  because: "",
  part: { target, by: "school", value, rows: new Int32Array() },
});
const TASKS = [
  ...["1", "2", "3"].flatMap((value) => [part("score", value), part("mood", value)]),
  { name: "w", kind: "regression", because: "" } as const,
];
const links = (text: string): string[] => expandLinks([text], TASKS).map(({ from, to }) => `${from} ${to}`);

describe("links of a target in the long layout", () => {
  it("are one for each value, between two targets and to a plain one", () => {
    expect(links("score:mood")).toEqual(["score[1] mood[1]", "score[2] mood[2]", "score[3] mood[3]"]);
    expect(links("w:score")).toEqual(["w score[1]", "w score[2]", "w score[3]"]);
  });

  it("may name a task by its value, with or without its column", () => {
    expect(links("score[1]~score[3]")).toEqual(["score[1] score[3]"]);
    expect(links("score[school=1]:mood[2]")).toEqual(["score[1] mood[2]"]);
    expect(links("score[2]~score")).toEqual(["score[2] score[1]", "score[2] score[3]"]);
    expect(links("score[2]:w")).toEqual(["score[2] w"]);
  });

  it("are refused where the value is none of the column's", () => {
    expect(() => links("score[1]:score[9]")).toThrow('"score[9]" is not a task of this study');
  });

  it("may stand in a study file before the values are known, but only for targets with a task column", () => {
    const study = { data: "t.csv", relations: ["score[1]~score[school=2]"] };
    expect(completeStudy({ ...study, tasks: { score: { by: "school" } } }, "study").relations).toEqual(
      study.relations,
    );
    expect(() => completeStudy({ ...study, tasks: { score: {} } }, "study")).toThrow(
      '"score[1]" is not a task',
    );
  });
});
