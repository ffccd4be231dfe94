import { describe, expect, it } from "vitest";
import type { ColumnProfile } from "../data/profile.js";
import { proposeTasks, whyProposed } from "./propose-tasks.js";

const column = (name: string, type: ColumnProfile["type"], distinct: number): ColumnProfile => ({
  name,
  type,
  distinct,
  missing: 0,
  summary: "",
  why: "",
});
const table = (...profiles: ColumnProfile[]): { source: string; profiles: ColumnProfile[] } => ({
  source: "a.csv",
  profiles,
});

describe("proposed tasks", () => {
  it("are the last column of classes and the last of amounts, in the order of the table", () => {
    const found = proposeTasks(
      table(
        column("id", "identifier", 90),
        column("a", "category", 3),
        column("x", "numeric", 80),
        column("b", "boolean", 2),
        column("t", "text", 90),
      ),
      {},
    );
    expect(Object.keys(found)).toEqual(["x", "b"]);
  });

  it("leave out what is ignored, divides the rows, is constant or has too many classes", () => {
    const given = { ignore: ["x"], split: { kind: "column" as const, column: "part" } };
    const found = proposeTasks(
      table(
        column("y", "numeric", 9),
        column("x", "numeric", 80),
        column("part", "category", 3),
        column("c", "category", 1),
        column("many", "category", 40),
      ),
      given,
    );
    expect(Object.keys(found)).toEqual(["y"]);
  });

  it("take two whole numbers, such as 0 and 1, for classes, and more of them for amounts where nothing else is", () => {
    const flag = column("flag", "ordinal", 2);
    const grade = column("grade", "ordinal", 5);
    expect(Object.keys(proposeTasks(table(column("a", "category", 3), grade, flag), {}))).toEqual([
      "grade",
      "flag",
    ]);
    expect(Object.keys(proposeTasks(table(flag, column("k", "category", 40)), {}))).toEqual(["flag"]);
    expect([flag, grade].map(whyProposed)).toEqual([
      "proposed as the last column of classes",
      "proposed as the last column of amounts",
    ]);
  });

  it("are refused where no column can be predicted", () => {
    expect(() => proposeTasks(table(column("id", "identifier", 90), column("t", "text", 80)), {})).toThrow(
      "has no column that could be predicted",
    );
  });
});
