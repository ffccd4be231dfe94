import { describe, expect, it } from "vitest";
import {
  formatCount,
  formatNumber,
  formatPercent,
  formatSeconds,
  formatShare,
  formatSigned,
} from "./numbers.js";

describe("numbers for people", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [0.98551, "0.9855"],
    [-0.00001234, "−1.23e-5"],
    [281.44, "281.4"],
    [1234.5, "1235"],
    [-1234567.8, "−1\u202F234\u202F568"],
    [100, "100"],
    [1e12, "1.00e+12"],
    [Number.NaN, "–"],
    [null, "–"],
  ])("writes %s as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it("always signs a gain that is not zero", () => {
    expect([0.0448, -2, 0, Number.NaN].map(formatSigned)).toEqual(["+0.0448", "−2", "0", "–"]);
  });

  it("signs percentages by what is shown, not by what was rounded away", () => {
    expect([3.14, -0.41, 0.04, -0.04, Infinity].map(formatPercent)).toEqual([
      "+3.1\u00A0%",
      "−0.4\u00A0%",
      "0.0\u00A0%",
      "0.0\u00A0%",
      "–",
    ]);
  });

  it("never rounds a share to nothing or to all", () => {
    expect([0, 0.001, 0.455, 0.999, 1].map(formatShare)).toEqual(
      ["0", "<1", "46", ">99", "100"].map((text) => `${text}\u00A0%`),
    );
  });

  it("writes counts and durations", () => {
    expect(formatCount(21734)).toBe("21\u202F734");
    expect([3.21, 42.4, 250].map(formatSeconds)).toEqual(["3.2 s", "42 s", "4 min 10 s"]);
  });
});
