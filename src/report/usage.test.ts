import { assert as check, array, property, record as shape, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { penguinsRecord } from "../../test/fixtures/penguins-record.js";
import { literal, nodeCode, pageCode, pythonCode } from "./usage.js";

const anyText = string({ unit: "binary" });

/** What the code hands to `openModel` and `predict`, by running it with stand-ins. */
async function run(code: string): Promise<{ path: unknown; rows: unknown }> {
  const seen: { path: unknown; rows: unknown } = { path: undefined, rows: undefined };
  const predict = (rows: unknown): unknown[] => {
    seen.rows = rows;
    return [];
  };
  const openModel = (path: unknown): { predict: typeof predict } => {
    seen.path = path;
    return { predict };
  };
  const body = code.replace(/^import .*$/m, "").replace(/^console\.log.*$/m, "");
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (open: unknown) => Promise<void>;
  await new AsyncFunction("openModel", body)(openModel);
  return seen;
}

describe("literal", () => {
  it("reads back as the text, hides nothing and holds no line end", () => {
    check(
      property(anyText, (text) => {
        expect(JSON.parse(literal(text))).toBe(text);
        expect(literal(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
      }),
    );
  });
});

describe("code to use the model", () => {
  it("runs and passes the run's own columns", async () => {
    const { inputs } = penguinsRecord().model;
    const row = { bill_length_mm: 44.5, bill_depth_mm: 17.3, flipper_length_mm: 197, island: "Biscoe" };
    expect(await run(nodeCode("runs/x/model.onnx", inputs))).toEqual({
      path: "runs/x/model.onnx",
      rows: [row],
    });
    expect(await run(pageCode(inputs))).toEqual({ path: "model.onnx", rows: [row] });
  });

  it("runs whatever columns are called and hold", async () => {
    const input = shape({ name: anyText, example: anyText });
    await check(
      property(array(input, { minLength: 1, maxLength: 3 }), anyText, (columns, path) => {
        const inputs = columns.map((column) => ({
          ...column,
          type: "category",
          features: 1,
          onnx: "string" as const,
        }));
        const code = nodeCode(path, inputs);
        expect(() => new Function(`return async () => {${code.replace(/^import .*$/m, "")}}`)).not.toThrow();
        expect(pythonCode(path, inputs).split("\n").length).toBe(10 + columns.length);
      }),
    );
    const odd = { name: "__proto__", example: "v", type: "category", features: 1, onnx: "string" as const };
    const { rows } = await run(nodeCode("p", [odd]));
    expect(Object.keys((rows as object[])[0]!)).toEqual(["__proto__"]);
  });

  it("gives Python one array per raw column, float32 or strings", () => {
    const lines = pythonCode("runs/x/model.onnx", penguinsRecord().model.inputs).split("\n");
    expect(lines).toContain('    "bill_length_mm": np.array([44.5], dtype=np.float32),');
    expect(lines).toContain('    "island": np.array(["Biscoe"], dtype=object),');
    expect(lines).toContain('session = ort.InferenceSession("runs/x/model.onnx")');
  });
});
