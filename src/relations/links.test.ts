import { describe, expect, it } from "vitest";
import { ConfigError } from "../base/errors.js";
import { type Link, checkLinks, parseLink, taskLevels } from "./links.js";

const TASKS = ["G1", "G2", "a:b", "a", "b"];
const link = (text: string): Link => parseLink(text, TASKS);

describe("links", () => {
  it("reads a parent-child link and a same-kind link", () => {
    expect(link("G1:G2")).toEqual({ kind: "parent-child", from: "G1", to: "G2" });
    expect(link("G1 ~ G2")).toEqual({ kind: "same-kind", from: "G1", to: "G2" });
  });

  it("reads names that contain the marks", () => {
    expect(link("a:b:G1")).toEqual({ kind: "parent-child", from: "a:b", to: "G1" });
    expect(link("a:b")).toEqual({ kind: "parent-child", from: "a", to: "b" });
  });

  it("offers the nearest task for an unknown name", () => {
    expect(() => link("G1:G22")).toThrow(/"G22" is not a task.*Did you mean "G2"/);
    expect(() => link("G1->G2")).toThrow(ConfigError);
    expect(() => link("G1:G1")).toThrow(/cannot be linked to itself/);
  });

  it("orders tasks by their parents", () => {
    expect(
      taskLevels(
        ["x", "y", "z"],
        [
          { kind: "parent-child", from: "z", to: "y" },
          { kind: "parent-child", from: "y", to: "x" },
        ],
      ),
    ).toEqual([2, 1, 0]);
  });

  it("refuses cycles, double links and same-kind links between different kinds", () => {
    const tasks = [
      { name: "x", kind: "regression", width: 1 },
      { name: "y", kind: "binary", width: 1 },
    ];
    const forth: Link = { kind: "parent-child", from: "x", to: "y" };
    const back: Link = { kind: "parent-child", from: "y", to: "x" };
    expect(() => checkLinks([forth, back], tasks)).toThrow(/linked twice/);
    expect(() => taskLevels(["x", "y"], [forth, back])).toThrow(
      /form a cycle: x → y → x|form a cycle: y → x → y/,
    );
    expect(() => checkLinks([{ kind: "same-kind", from: "x", to: "y" }], tasks)).toThrow(
      /of one kind.*Use x:y/,
    );
  });
});
