import * as ort from "onnxruntime-web";
import { beforeAll, describe, expect, it } from "vitest";
import { classification, clustering, load, openModel, regression } from "../src/index.js";
import { type Row, feedType, rawFeeds, rowsToTable } from "../src/data/index.js";
import { encodingOf } from "../src/data/encoding.js";
import { noiseRows, SPLIT_COLUMNS } from "./noise-tables.js";

const TOLERANCE = 1e-5; // relative: float32 sums in another order
const near = (value: number) =>
  expect.closeTo(value, -Math.log10(2 * TOLERANCE * Math.max(1, Math.abs(value))));

/** Rows as nobody prepared them: values never seen, in other scripts, empty, absent and far away. */
const ODD: readonly Row[] = [
  {
    city: "Zürich",
    zip: "10210.0",
    size: "XS",
    remark: "W1 w2,w3;\tw4\nW5 w1",
    since: "1850-02-28",
    seen: null,
  },
  {
    city: "city 3",
    zip: 10_210,
    size: "XL",
    remark: "日本語 😀 w7",
    since: "2400-02-29",
    seen: "2021-05-06T23:59:59Z",
  },
  { city: "", zip: null, size: "", remark: "", since: null, income: 1e30, stars: -4 },
  { city: "city 5\0", size: "M\0", remark: "w1 \ud83d w2\udc00 w3\0 w4" },
  { city: "city 5", zip: 99_999_999, size: "M", remark: "w1 ".repeat(500), since: new Date(0), shade: "?" },
];

describe("one model with inputs of every type", () => {
  let bytes: Uint8Array;
  let rows: readonly Row[];
  beforeAll(async () => {
    const table = noiseRows(5);
    const study = await load(table, {
      tasks: {
        amount: regression(),
        grade: classification(),
        agreed: classification(),
        groups: clustering({ clusters: 3 }),
      },
      ignore: [...SPLIT_COLUMNS, "delay"],
      types: { colour: ["red", "green", "blue", "grey"] },
      sharing: { members: 2, trunk: [16] },
      budget: { epochs: 2, batch: 64 },
    });
    const model = await study.train();
    bytes = model.modelBytes;
    await model.close();
    rows = [...table.slice(0, 40), ...ODD.map((row) => ({ ...table[0], ...row }))];
  });

  it("predicts the same natively as in onnxruntime-web on raw columns, for rows of any kind", async () => {
    const model = await openModel(bytes);
    const { inputs, missing } = model.card;
    expect(new Set(inputs.map(feedType))).toEqual(new Set(["float32", "float64", "string"]));
    const kinds = inputs.map((coding) => ("coding" in coding ? `${coding.coding}` : coding.type));
    expect([...new Set(kinds)].sort()).toEqual(
      ["boolean", "category", "date", "embedding", "numeric", "ordinal", "target", "text"].sort(),
    );
    const predicted = await model.predict(rows);
    await model.close();
    ort.env.wasm.numThreads = 1;
    const session = await ort.InferenceSession.create(bytes);
    const encoding = encodingOf(inputs);
    const feeds = rawFeeds(encoding, rowsToTable(rows, encoding, { missing }));
    const tensors = Object.entries(feeds).map(([name, { dtype, data, shape }]) => [
      name,
      new ort.Tensor(dtype, data as never, [...shape]), // data and type fit, as the feeds have them
    ]);
    const found = await session.run(Object.fromEntries(tensors) as Record<string, ort.Tensor>);
    await session.release();
    expect([...(found["amount"]!.data as Float32Array)]).toEqual(
      predicted.map(({ amount }) => near(amount as number)),
    );
    const classes = { grade: ["a", "b", "c"], agreed: ["no", "yes"], groups: ["0", "1", "2"] };
    for (const [task, names] of Object.entries(classes)) {
      const shares = predicted.flatMap((row) => {
        const { probabilities } = row[task] as { probabilities: Record<string, number> };
        return names.map((name) => probabilities[name]!);
      });
      expect([...(found[`${task}_probabilities`]!.data as Float32Array)]).toEqual(shares.map(near));
    }
    expect(new Set(predicted.map(({ amount }) => amount)).size).toBeGreaterThan(40);
  });

  it("takes a number, its text with a point and its spelling with zeros for one category", async () => {
    const model = await openModel(bytes);
    const zip = model.card.inputs.find(({ name }) => name === "zip") as {
      readonly levels: readonly string[];
    };
    const known = Number(zip.levels[0]);
    const zips = [known, `${known}`, `${known}.0`, `${known / 1e4}e4`, 99_999, null];
    const found = await model.predict(zips.map((zip) => ({ ...rows[0], zip })));
    await model.close();
    const amounts = found.map(({ amount }) => amount);
    expect(new Set(amounts.slice(0, 4)).size).toBe(1);
    expect(amounts[4]).not.toEqual(near(amounts[0] as number));
    expect(amounts[5]).toEqual(near(amounts[4] as number));
  });

  it("does not take a category with NUL in it for the one before the NUL", async () => {
    const model = await openModel(bytes);
    const cities = ["city 3", "city 3\0", "city 3\0 west", "never seen"];
    const found = await model.predict(cities.map((city) => ({ ...rows[0], city })));
    await model.close();
    const [known, ...unseen] = found.map(({ amount }) => amount);
    expect(new Set(unseen).size).toBe(1);
    expect(unseen[0]).not.toBe(known);
  });
});
