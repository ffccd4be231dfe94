import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../base/errors.js";
import type { TensorValue } from "../graph/index.js";
import { checkpointBytes, checkpointParts } from "./checkpoint-bytes.js";

const array = (): fc.Arbitrary<TensorValue> =>
  fc.oneof(
    fc.float32Array({ maxLength: 9 }).map((data) => valueOf("float32", data)),
    fc.float64Array({ maxLength: 9 }).map((data) => valueOf("float64", data)),
    fc.int32Array({ maxLength: 9 }).map((data) => valueOf("int32", data)),
    fc.bigInt64Array({ maxLength: 9 }).map((data) => valueOf("int64", data)),
    fc.uint8Array({ maxLength: 9, max: 1 }).map((data) => valueOf("bool", data)),
  );

const valueOf = (dtype: TensorValue["dtype"], data: TensorValue["data"]): TensorValue => ({
  dtype,
  shape: [1, data.length],
  data,
});

describe("the bytes of a checkpoint", () => {
  it("give back header and arrays of every type, NaN and infinities too, wherever they lie in memory", () => {
    const arrays = fc.dictionary(fc.string(), array(), { noNullPrototype: true });
    fc.assert(
      fc.property(fc.jsonValue(), arrays, fc.nat({ max: 9 }), (header, values, offset) => {
        const bytes = checkpointBytes({ header, arrays: values });
        const moved = Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset);
        const found = checkpointParts(moved);
        expect(found.header).toEqual(JSON.parse(JSON.stringify(header)));
        expect(found.arrays).toEqual(values);
      }),
    );
  });

  it("hold little-endian numbers after their header", () => {
    const data = Float32Array.of(1, -2);
    const bytes = checkpointBytes({ header: null, arrays: { a: { dtype: "float32", shape: [2], data } } });
    expect(Array.from(bytes.slice(-8))).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  it("are refused when they are not laid out so", () => {
    const arrays = { a: valueOf("float64", Float64Array.of(1, 2)) };
    const bytes = checkpointBytes({ header: { epoch: 3 }, arrays });
    for (let length = 0; length < bytes.length; length++)
      expect(() => checkpointParts(bytes.subarray(0, length))).toThrow(DataError);
    expect(() => checkpointParts(Uint8Array.from([...bytes, 0]))).toThrow(/1 bytes too many/);
  });

  it("are refused when a shape does not fit its array, or a type is unknown", () => {
    const text = (from: string, to: string): Uint8Array => {
      const arrays = { a: valueOf("float32", Float32Array.of(1, 2)) };
      const bytes = Buffer.from(checkpointBytes({ header: null, arrays }));
      return Buffer.from(bytes.toString("latin1").replace(from, to), "latin1");
    };
    expect(() => checkpointParts(text("[1,2]", "[1,3]"))).toThrow(/does not list its arrays/);
    expect(() => checkpointParts(text("float32", "float16"))).toThrow(/does not list its arrays/);
  });
});
