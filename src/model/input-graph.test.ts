import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CategoryInput, type NumberInput, codingWidth } from "../data/encoding.js";
import { type TensorValue, dump, evaluate } from "../graph/index.js";
import { inputGraph } from "./input-graph.js";

type Cell = number | string;
type InputCoding = NumberInput | CategoryInput;

/** Features of one cell, from the definition of the encoding. */
function featuresOf(coding: InputCoding, cell: Cell): number[] {
  return coding.type === "category"
    ? oneHotOf(coding, cell as string)
    : numberFeatures(coding, cell as number);
}

function oneHotOf({ levels }: CategoryInput, cell: string): number[] {
  const found = levels.indexOf(cell);
  return Array.from({ length: levels.length + 1 }, (_, k) =>
    k === (found < 0 ? levels.length : found) ? 1 : 0,
  );
}

function numberFeatures({ fill, mean, deviation, edges, indicator }: NumberInput, cell: number): number[] {
  const x = Number.isNaN(cell) ? fill : cell;
  const held = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
  const bins = edges.length - 1;
  const piecewise = edges.slice(0, -1).map((start, k) => {
    const position = (x - start) / (edges[k + 1]! - start);
    if (bins === 1) return position;
    return held(position, k === 0 ? -2 : 0, k === bins - 1 ? 2 : 1);
  });
  return [
    held((x - mean) / deviation, -10, 10),
    ...piecewise,
    ...(indicator ? [Number.isNaN(cell) ? 1 : 0] : []),
  ];
}

function encode(
  inputs: readonly InputCoding[],
  columns: readonly (readonly Cell[])[],
): { rows: number[][]; shape: readonly number[] } {
  const { encoded } = inputGraph({
    inputs,
    width: inputs.reduce((sum, coding) => sum + codingWidth(coding), 0),
  });
  const feeds = Object.fromEntries(
    inputs.map((coding, i): [string, TensorValue] => {
      const shape = [columns[i]!.length];
      if (coding.type === "category")
        return [coding.name, { dtype: "string", shape, data: columns[i] as string[] }];
      return [coding.name, { dtype: "float32", shape, data: Float32Array.from(columns[i] as number[]) }];
    }),
  );
  const { shape, data } = evaluate({ encoded }, feeds)["encoded"]!;
  const width = shape[1]!;
  return {
    shape,
    rows: Array.from({ length: shape[0]! }, (_, row) =>
      Array.from((data as Float32Array).subarray(row * width, (row + 1) * width)),
    ),
  };
}

const quarter = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 4 * min, max: 4 * max }).map((x) => x / 4); // exact in float32
const numberInput = (name: string): fc.Arbitrary<NumberInput> =>
  fc.record({
    name: fc.constant(name),
    type: fc.constantFrom("numeric", "ordinal", "date"),
    fill: quarter(-20, 20),
    mean: quarter(-20, 20),
    deviation: quarter(1, 8),
    indicator: fc.boolean(),
    edges: fc
      .uniqueArray(quarter(-30, 30), { maxLength: 5 })
      .map((edges) => (edges.length < 2 ? [] : edges.toSorted((a, b) => a - b))),
  });
const level = fc.constantFrom("", "red", "green", "blue", " red", "Grün");
const categoryInput = (name: string): fc.Arbitrary<CategoryInput> =>
  fc.record({
    name: fc.constant(name),
    type: fc.constant("category" as const),
    levels: fc.uniqueArray(level, { minLength: 1, maxLength: 4 }),
  });
const cellOf = (coding: InputCoding): fc.Arbitrary<Cell> =>
  coding.type === "category"
    ? fc.oneof(level, fc.string({ unit: "grapheme", maxLength: 3 }))
    : fc.oneof(quarter(-40, 40), fc.constant(Number.NaN), fc.constantFrom(-1e6, 1e6));

const tables = fc
  .array(fc.boolean(), { minLength: 1, maxLength: 4 })
  .chain((numeric) =>
    fc.tuple(
      ...numeric.map(
        (isNumber, i) =>
          (isNumber ? numberInput(`in${i}`) : categoryInput(`in${i}`)) as fc.Arbitrary<InputCoding>,
      ),
    ),
  )
  .chain((inputs) =>
    fc.integer({ min: 1, max: 5 }).chain((rows) =>
      fc.record({
        inputs: fc.constant(inputs),
        columns: fc.tuple(
          ...inputs.map((coding) => fc.array(cellOf(coding), { minLength: rows, maxLength: rows })),
        ),
      }),
    ),
  );

describe("the input graph", () => {
  it("computes what the encoding says, for any inputs and cells", () => {
    fc.assert(
      fc.property(tables, ({ inputs, columns }) => {
        const { rows, shape } = encode(inputs, columns);
        expect(shape).toEqual([
          columns[0]!.length,
          inputs.reduce((sum, coding) => sum + codingWidth(coding), 0),
        ]);
        rows.forEach((row, r) => {
          const expected = inputs.flatMap((coding, i) => featuresOf(coding, columns[i]![r]!));
          row.forEach((value, f) =>
            expect(Math.abs(value - expected[f]!)).toBeLessThanOrEqual(
              2e-6 * Math.max(1, Math.abs(expected[f]!)),
            ),
          ); // float32 keeps 7 digits
        });
      }),
      { numRuns: 150 },
    );
  });

  const price: NumberInput = {
    name: "price",
    type: "numeric",
    fill: 4,
    mean: 2,
    deviation: 2,
    indicator: true,
    edges: [0, 2, 4, 8],
  };

  it("fills a missing number and marks it", () => {
    expect(encode([price], [[Number.NaN, 4]]).rows).toEqual([
      [1, 1, 1, 0, 1],
      [1, 1, 1, 0, 0],
    ]);
  });

  it("lets outliers leave the training range, but not without bound", () => {
    const { rows } = encode([price], [[-1, -1e6, 10, 1e6]]);
    expect(rows).toEqual([
      [-1.5, -0.5, 0, 0, 0],
      [-10, -2, 0, 0, 0],
      [4, 1, 1, 1.5, 0],
      [10, 1, 1, 2, 0],
    ]);
  });

  it("has one place for every level and one for what was never seen", () => {
    const colour: CategoryInput = { name: "colour", type: "category", levels: ["red", "green"] };
    expect(encode([colour], [["green", "Red", ""]]).rows).toEqual([
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 1],
    ]);
    expect(encode([{ ...colour, levels: ["red", ""] }], [[""]]).rows).toEqual([[0, 1, 0]]);
  });

  it("names its inputs as the columns and types them by kind", () => {
    const { inputs } = inputGraph({
      inputs: [price, { name: "c", type: "category", levels: ["x"] }],
      width: 7,
    });
    expect(inputs.map(({ dtype, shape, node }) => [node.attributes["name"], dtype, shape])).toEqual([
      ["price", "float32", ["batch"]],
      ["c", "string", ["batch"]],
    ]);
  });

  it("grows by a node or two with each number column", () => {
    const nodes = (columns: number): number => {
      const inputs = Array.from({ length: columns }, (_, i) => ({ ...price, name: `price ${i}` }));
      const { encoded } = inputGraph({ inputs, width: 5 * columns });
      return dump({ encoded }).split("\n").length;
    };
    expect(nodes(50) - nodes(10)).toBeLessThanOrEqual(2 * 40);
  });
});
