import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RuntimeFailure } from "../base/errors.js";
import type { DType, TensorValue } from "../graph/tensor.js";
import type { Runtime, Session, Values } from "./runtime.js";

/** The tiny models of the contract, as ONNX files (opset 17). */
export const TINY_MODELS = {
  /** One step of least squares: x [batch, 2], target [batch, 1], w [2, 1], rate [] → w_next [2, 1], loss []. */
  step: `CAgSB2tpbmRyZWQ65AIKGgoBeAoBdxIBeRoHcHJlZGljdCIGTWF0TXVsChkKAXkKBnRhcmdldBIBZBoEZGlmZiIDU3ViCiEKAXgSAnh0IglU
    cmFuc3Bvc2UqDQoEcGVybUABQACgAQcKGAoCeHQKAWQSAWcaBGdyYWQiBk1hdE11bAoRCgFnCgRyYXRlEgFzIgNNdWwKEwoBdwoBcxIGd19u
    ZXh0IgNTdWIKDwoBZAoBZBICZGQiA011bAonCgJkZBIEbG9zcyIKUmVkdWNlTWVhbioPCghrZWVwZGltcxgAoAECEgRzdGVwWhgKAXgSEwoR
    CAESDQoHEgViYXRjaAoCCAJaHQoGdGFyZ2V0EhMKEQgBEg0KBxIFYmF0Y2gKAggBWhMKAXcSDgoMCAESCAoCCAIKAggBWg4KBHJhdGUSBgoE
    CAESAGIYCgZ3X25leHQSDgoMCAESCAoCCAIKAggBYg4KBGxvc3MSBgoECAESAEIECgAQEQ==`,
  /** text → text_out, flag → its negation, count → its double, wide → wide_out, small → small_out, all [n]. */
  mixed: `CAgSB2tpbmRyZWQ6/gIKGgoEdGV4dBIIdGV4dF9vdXQiCElkZW50aXR5ChUKBGZsYWcSCGZsYWdfb3V0IgNOb3QKHgoFY291bnQKBWNvdW50
    Egljb3VudF9vdXQiA0FkZAoaCgR3aWRlEgh3aWRlX291dCIISWRlbnRpdHkKHAoFc21hbGwSCXNtYWxsX291dCIISWRlbnRpdHkSBW1peGVk
    WhMKBHRleHQSCwoJCAgSBQoDEgFuWhMKBGZsYWcSCwoJCAkSBQoDEgFuWhQKBWNvdW50EgsKCQgHEgUKAxIBbloTCgR3aWRlEgsKCQgLEgUK
    AxIBbloUCgVzbWFsbBILCgkIBhIFCgMSAW5iFwoIdGV4dF9vdXQSCwoJCAgSBQoDEgFuYhcKCGZsYWdfb3V0EgsKCQgJEgUKAxIBbmIYCglj
    b3VudF9vdXQSCwoJCAcSBQoDEgFuYhcKCHdpZGVfb3V0EgsKCQgLEgUKAxIBbmIYCglzbWFsbF9vdXQSCwoJCAYSBQoDEgFuQgQKABAR`,
  /** As many times as trips [] says: out ← tanh(out · m), from out = m [s, s]; takes as long as one likes. */
  busy: `CAgSB2tpbmRyZWQ6nAIK0gEKBXRyaXBzCgAKAW0SA291dCIETG9vcCq4AQoEYm9keTKsAQodCgdjb25kX2luEghjb25kX291dCIISWRlbnRp
    dHkKEgoBYQoBbRICYTEiBk1hdE11bAoOCgJhMRICYTIiBFRhbmgSBGJvZHlaCwoBaRIGCgQIBxIAWhEKB2NvbmRfaW4SBgoECAkSAFoVCgFh
    EhAKDggBEgoKAxIBcwoDEgFzYhIKCGNvbmRfb3V0EgYKBAgJEgBiFgoCYTISEAoOCAESCgoDEgFzCgMSAXOgAQUSBGJ1c3laDwoFdHJpcHMS
    BgoECAcSAFoVCgFtEhAKDggBEgoKAxIBcwoDEgFzYhcKA291dBIQCg4IARIKCgMSAXMKAxIBc0IECgAQEQ==`,
  /** table [n], index [k] → row [k]; an index out of bounds fails in the node named lookup. */
  gather: `CAgSB2tpbmRyZWQ6bQojCgV0YWJsZQoFaW5kZXgSA3JvdxoGbG9va3VwIgZHYXRoZXISBmdhdGhlcloUCgV0YWJsZRILCgkIARIFCgMSAW5a
    FAoFaW5kZXgSCwoJCAcSBQoDEgFrYhIKA3JvdxILCgkIARIFCgMSAWtCBAoAEBE=`,
} as const;

/** The bytes of a tiny model. */
export const tinyModel = (name: keyof typeof TINY_MODELS): Uint8Array =>
  Buffer.from(TINY_MODELS[name].replaceAll(/\s/g, ""), "base64");

/** A float32 value. */
export const floats = (data: readonly number[], shape: readonly number[] = [data.length]): TensorValue => ({
  dtype: "float32",
  shape,
  data: Float32Array.from(data),
});

/** Feeds of the model `busy`: `trips` products of two 128 × 128 matrices. */
export const busyFeeds = (trips: number): Values => ({
  trips: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(trips)) },
  m: { dtype: "float32", shape: [128, 128], data: new Float32Array(128 * 128).fill(0.01) },
});

const DATA: Values = { x: floats([1, 2, 3, 4], [2, 2]), target: floats([1, 2], [2, 1]) };
const START: Values = { w: floats([0, 0], [2, 1]) };
const RATE: Values = { rate: floats([0.01], []) };
const CARRY = { w_next: "w" };

/** Promises every runtime keeps, wherever its sessions live. */
export function runtimeContract(start: () => Promise<Runtime>): void {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await start();
  });
  afterAll(() => runtime.close());

  async function using<T>(
    model: keyof typeof TINY_MODELS,
    use: (session: Session) => Promise<T>,
  ): Promise<T> {
    const session = await runtime.open(tinyModel(model));
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  }

  const failureOf = async (promise: Promise<unknown>): Promise<string> => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(RuntimeFailure);
    return (error as RuntimeFailure).message;
  };

  describe("a run", () => {
    it("returns every output by name, in the shapes of the model", () =>
      using("step", async (session) => {
        expect(session.inputs).toEqual(["x", "target", "w", "rate"]);
        expect(session.outputs).toEqual(["w_next", "loss"]);
        const result = await session.run({ ...DATA, ...START, ...RATE });
        expect(result["loss"]).toEqual(floats([2.5], []));
        expect(result["w_next"]).toMatchObject({ dtype: "float32", shape: [2, 1] });
        const [a, b] = result["w_next"]!.data; // 0.01 · xᵀ · target
        expect(Number(a)).toBeCloseTo(0.07, 6);
        expect(Number(b)).toBeCloseTo(0.1, 6);
      }));

    it("returns the asked outputs only, and computes nothing when none is asked", () =>
      using("step", async (session) => {
        const feeds = { ...DATA, ...START, ...RATE };
        expect(Object.keys(await session.run(feeds, { outputs: ["loss"] }))).toEqual(["loss"]);
        expect(await session.run(feeds, { outputs: [] })).toEqual({});
      }));

    it("takes and returns every element type, also without any element", () =>
      using("mixed", async (session) => {
        for (const n of [0, 1, 3]) {
          const result = await session.run(mixedFeeds(n));
          const feeds = mixedFeeds(n);
          expect(result["text_out"]).toEqual(feeds["text"]);
          expect(result["wide_out"]).toEqual(feeds["wide"]);
          expect(result["small_out"]).toEqual(feeds["small"]);
          expect(result["flag_out"]).toEqual(
            value(
              "bool",
              Uint8Array.from({ length: n }, (_, i) => i % 2),
            ),
          );
          expect(result["count_out"]).toEqual(
            value(
              "int64",
              BigInt64Array.from({ length: n }, (_, i) => BigInt(2 * i)),
            ),
          );
        }
      }));

    it("leaves the caller's arrays usable and is not reached by later changes to them", () =>
      using("step", async (session) => {
        const x = floats([1, 2, 3, 4], [2, 2]);
        await session.hold({ ...DATA, x, ...START });
        const before = await session.run(RATE, { outputs: ["loss"] });
        expect([...x.data]).toEqual([1, 2, 3, 4]);
        (x.data as Float32Array).fill(100);
        expect(await session.run(RATE, { outputs: ["loss"] })).toEqual(before);
      }));

    it("keeps the order of calls that are not awaited", () =>
      using("step", async (session) => {
        const calls = [session.hold({ ...DATA, ...START })];
        const losses = [1, 2, 3].map(() => session.run(RATE, { outputs: ["loss"], carry: CARRY }));
        await Promise.all(calls);
        const [first, second, third] = (await Promise.all(losses)).map((result) =>
          Number(result["loss"]!.data[0]),
        );
        expect(first).toBe(2.5);
        expect(second).toBeLessThan(first!);
        expect(third).toBeLessThan(second!);
      }));
  });

  describe("holding and carrying", () => {
    it("equal feeding by hand, over many runs and any data", () =>
      using("step", (session) =>
        fc.assert(
          fc.asyncProperty(
            fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 2 }),
            fc.integer({ min: 1, max: 12 }),
            async (w, runs) => {
              const begin = { w: floats(w, [2, 1]) };
              await session.hold({ ...DATA, ...begin });
              for (let i = 0; i < runs; i++) await session.run(RATE, { outputs: [], carry: CARRY });
              let byHand: Values = begin;
              for (let i = 0; i < runs; i++) {
                const result = await session.run({ ...DATA, ...RATE, ...byHand });
                byHand = { w: result["w_next"]! };
              }
              expect(await session.held(["w"])).toEqual(byHand);
            },
          ),
          { numRuns: 10, seed: 1 },
        ),
      ));

    it("do not send carried outputs back unless they are asked for", () =>
      using("step", async (session) => {
        await session.hold({ ...DATA, ...START });
        expect(Object.keys(await session.run(RATE, { carry: CARRY }))).toEqual(["loss"]);
        const asked = await session.run(RATE, { outputs: ["w_next"], carry: CARRY });
        expect(await session.held(["w"])).toEqual({ w: asked["w_next"] });
      }));

    it("share no memory with what is returned", () =>
      using("step", async (session) => {
        await session.hold({ ...DATA, ...START });
        const { w_next: returned } = await session.run(RATE, { outputs: ["w_next"], carry: CARRY });
        const copy = [...returned!.data];
        (returned!.data as Float32Array).fill(9);
        const { w: read } = await session.held(["w"]);
        (read!.data as Float32Array).fill(9);
        expect([...(await session.held(["w"]))["w"]!.data]).toEqual(copy);
      }));

    it("give way to a fed value in one run, and to a later hold for good", () =>
      using("gather", async (session) => {
        const index: TensorValue = { dtype: "int64", shape: [1], data: BigInt64Array.of(1n) };
        await session.hold({ table: floats([1, 2]), index });
        expect(await session.run({ table: floats([3, 4]) })).toEqual({ row: floats([4]) });
        expect(await session.run({})).toEqual({ row: floats([2]) });
        await session.hold({ table: floats([5, 6, 7]) });
        expect(await session.run({})).toEqual({ row: floats([6]) });
      }));

    it("are found as they were before the last run that set them aside", () =>
      using("step", async (session) => {
        await session.hold({ ...DATA, ...START });
        await session.run(RATE, { carry: CARRY });
        const before = await session.held(["w"]);
        await session.run(RATE, { carry: CARRY, mark: true });
        await session.run(RATE, { carry: CARRY });
        expect(await session.held(["w"], { marked: true })).toEqual(before);
        expect(await session.held(["w"])).not.toEqual(before);
        expect(await failureOf(session.held(["rate"], { marked: true }))).toContain('"rate" must be held');
      }));

    it("may be arrays that the caller gives away", () =>
      using("step", async (session) => {
        await session.hold({ ...DATA, ...START });
        const expected = await session.run(RATE, {});
        const given = Object.fromEntries(
          Object.entries(DATA).map(([name, value]) => [name, { ...value, data: value.data.slice() }]),
        );
        await session.hold(given, { owned: true });
        expect(await session.run(RATE, {})).toEqual(expected);
      }));

    it("stay as they were when a run fails", () =>
      using("step", async (session) => {
        await session.hold({ ...DATA, ...START });
        await failureOf(session.run({ ...RATE, x: floats([1], [1, 1]) }, { carry: CARRY }));
        expect(await session.held(["w"])).toEqual(START);
      }));
  });

  describe("a mistake", () => {
    it.each([
      [
        "another dtype",
        { x: value("float64", Float64Array.of(1, 2), [1, 2]) },
        'input "x" must be float32 [batch, 2], got float64 [1, 2]',
      ],
      [
        "another extent",
        { x: floats([1, 2, 3], [1, 3]) },
        'input "x" must be float32 [batch, 2], got float32 [1, 3]',
      ],
      ["another rank", { x: floats([1, 2], [2]) }, 'input "x" must be float32 [batch, 2], got float32 [2]'],
      [
        "too few elements",
        { x: floats([1], [1, 2]) },
        'input "x" must be 2 elements long for float32 [1, 2], got 1',
      ],
      [
        "another array",
        { x: { ...floats([1, 2], [1, 2]), data: ["1", "2"] } },
        'input "x" must be held in a Float32Array for float32, got Array',
      ],
      [
        "an unknown dtype",
        { x: { ...floats([1]), dtype: "float16" as never } },
        'input "x" must be a value of dtype float32, float64, int32, int64, bool, string, got dtype float16',
      ],
      [
        "no value",
        { x: undefined as never },
        'input "x" must be a value of dtype float32, float64, int32, int64, bool, string, got undefined',
      ],
      [
        "a negative extent",
        { x: floats([1, 2], [-1, -2]) },
        'input "x" must be a value with a shape of whole numbers, got shape [-1,-2]',
      ],
      [
        "an unknown name",
        { y: floats([1]) },
        'input must be one of the model\'s inputs ("x", "target", "w", "rate"), got "y"',
      ],
      [
        "nothing",
        {},
        'input "x" must be fed or held, got neither. The model\'s inputs are "x", "target", "w", "rate"',
      ],
    ] satisfies [string, Values, string][])(
      "in a feed, %s, is named with what was expected",
      (_, feeds, message) =>
        using("step", async (session) => {
          expect(await failureOf(session.run(feeds))).toBe(`session: ${message}.`);
        }),
    );

    it("in a value that cannot be copied is a failure too", () =>
      using("step", async (session) => {
        const x = { ...floats([1]), data: (() => 0) as never };
        expect(await failureOf(session.run({ x }))).toMatch(
          /could not be cloned|must be held in a Float32Array/,
        );
        expect(await failureOf(session.hold({ x }))).toMatch(
          /could not be cloned|must be held in a Float32Array/,
        );
      }));

    it("in the name of an output or a carried input is named", () =>
      using("step", async (session) => {
        await session.hold({ ...DATA, ...START });
        expect(await failureOf(session.run(RATE, { outputs: ["los"] }))).toContain(
          '("w_next", "loss"), got "los"',
        );
        expect(await failureOf(session.run(RATE, { carry: { w_next: "v" } }))).toContain('got "v"');
        expect(await failureOf(session.run(RATE, { carry: { loss: "w" } }))).toBe(
          'session: output "loss" carried to input "w" must be float32 [2, 1], got float32 [].',
        );
        expect(await failureOf(session.held(["rate"]))).toContain('input "rate" must be held, got only');
      }));

    it("inside the model is told in ONNX Runtime's words, with the node's name", () =>
      using("gather", async (session) => {
        const index: TensorValue = { dtype: "int64", shape: [1], data: BigInt64Array.of(5n) };
        const message = await failureOf(session.run({ table: floats([1, 2]), index }));
        expect(message).toMatch(/^session: run failed: .*Gather.*'lookup'.*idx=5/);
      }));

    it("in the model file is a failure of opening", async () => {
      expect(await failureOf(runtime.open(Uint8Array.of(1, 2, 3)))).toMatch(
        /^session: model failed: .*protobuf/,
      );
    });
  });

  describe("closing", () => {
    it("a session twice is harmless, and it refuses further calls", async () => {
      const session = await runtime.open(tinyModel("step"));
      await Promise.all([session.close(), session.close()]);
      await session.close();
      expect(await failureOf(session.run(RATE))).toBe("runtime: the session must be open, got a closed one.");
    });

    it("a runtime twice is harmless, and it and its sessions refuse further calls", async () => {
      const other = await start();
      const session = await other.open(tinyModel("step"));
      await Promise.all([other.close(), other.close()]);
      expect(await failureOf(session.run({}))).toMatch(/must be open, got a closed one\.$/);
      expect(await failureOf(other.open(tinyModel("step")))).toBe(
        "runtime: the runtime must be open, got a closed one.",
      );
      await session.close();
    });
  });
}

function value(
  dtype: DType,
  data: TensorValue["data"],
  shape: readonly number[] = [data.length],
): TensorValue {
  return { dtype, shape, data };
}

function mixedFeeds(n: number): Values {
  const index = Array.from({ length: n }, (_, i) => i);
  return {
    text: value(
      "string",
      index.map((i) => `Käse ${i} 🧀`),
    ),
    flag: value(
      "bool",
      Uint8Array.from(index, (i) => (i + 1) % 2),
    ),
    count: value("int64", BigInt64Array.from(index, BigInt)),
    wide: value(
      "float64",
      Float64Array.from(index, (i) => i / 3),
    ),
    small: value(
      "int32",
      Int32Array.from(index, (i) => -i),
    ),
  };
}
