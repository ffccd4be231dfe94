import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { DataError, NumericError } from "../base/errors.js";
import { parseStudyFile } from "../study/study-file.js";
import { explain } from "./failure.js";

const options = { terminal: false, interrupted: false };

const thrown = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("what is printed for a failure", () => {
  it("is one line without a stack for a user's mistake", () => {
    const error = new DataError({ where: "a.csv line 3", subject: "row", expected: "7 cells", got: "6" });
    expect(explain(error, options)).toEqual({
      code: 2,
      lines: ["kindred: a.csv line 3: row must be 7 cells, got 6."],
    });
  });

  it("is the trace and a request for a defect of ours", () => {
    for (const error of [
      new TypeError("x is undefined"),
      new NumericError({ where: "step 3", subject: "loss", problem: "is not finite" }),
      "text",
    ]) {
      const { code, lines } = explain(error, options);
      expect(code).toBe(70);
      expect(lines.join("\n")).toContain(error instanceof Error ? error.message : error);
      expect(lines.at(-1)).toMatch(/^Please report it/);
    }
  });

  it("is one line for a mistyped option, with the suggestion", () => {
    const error = new CommanderError(
      1,
      "commander.unknownOption",
      "error: unknown option '--seeed'\n(Did you mean --seed?)",
    );
    expect(explain(error, options)).toEqual({
      code: 2,
      lines: ["kindred: unknown option '--seeed'. Did you mean --seed?"],
    });
  });

  it("is nothing after help and version", () => {
    expect(explain(new CommanderError(0, "commander.version", "0.1.0"), options)).toEqual({
      code: 0,
      lines: [],
    });
  });

  it("is one line a mistake for a study file, with excerpts on a terminal only", () => {
    const error = thrown(() => parseStudyFile("data: a\ntasks: [a]\nseed: -1\ncolour: red\n", "s.yaml"));
    expect(explain(error, options).lines).toHaveLength(2);
    expect(explain(error, { ...options, terminal: true }).lines).toHaveLength(4);
    expect(explain(error, options).lines[0]).toMatch(/^kindred: s\.yaml:3:7 seed: the value must be /);
  });

  it("is nothing when the reader of the output has left", () => {
    expect(explain(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }), options)).toEqual({
      code: 0,
      lines: [],
    });
  });

  it("is a word and 130 after Ctrl-C", () => {
    expect(explain(new Error("aborted"), { ...options, interrupted: true })).toEqual({
      code: 130,
      lines: ["kindred: stopped."],
    });
  });
});
