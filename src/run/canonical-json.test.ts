import { assert, jsonValue, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.js";

describe("canonicalJson", () => {
  it("reads back as what it wrote, for any JSON value", () => {
    assert(
      property(jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("keeps the order of keys, leaves undefined out and ends with one newline", () => {
    expect(canonicalJson({ b: 1, a: undefined, c: {} })).toBe('{\n  "b": 1,\n  "c": {}\n}\n');
  });

  it("writes what is not finite as null, also inside typed arrays", () => {
    expect(canonicalJson({ x: Number.NaN, y: Float32Array.of(1, Infinity) })).toBe(
      '{\n  "x": null,\n  "y": [1, null]\n}\n',
    );
  });
});
