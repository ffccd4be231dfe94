import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Model, classification, load, openModel, regression } from "../src/index.js";
import { nodeRuntime } from "../src/runtime/node.js";
import { serveModel } from "../src/study/served-model.js";

const PENGUINS = fileURLToPath(new URL("../examples/penguins.csv", import.meta.url));
const ROW = { island: "Biscoe", bill_length_mm: 47.5, bill_depth_mm: 14.2, flipper_length_mm: 217 };
const MANY = Array.from({ length: 3000 }, (_, i) => ({ ...ROW, bill_length_mm: 35 + (i % 200) / 10 }));

let folder = "";
let bytes: Uint8Array;
let model: Model;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-serving-"));
  const tasks = { species: classification(), body_mass_g: regression() };
  const study = await load(PENGUINS, { tasks, ignore: ["sex"], budget: { epochs: 3 } });
  await (await study.train({ folder: join(folder, "run") })).close();
  bytes = await readFile(join(folder, "run", "model.onnx"));
  model = await openModel(bytes);
});
afterAll(async () => {
  await model.close();
  await rm(folder, { recursive: true });
});

describe("a saved model that is served", () => {
  it("leaves turns to the event loop while it predicts many rows", async () => {
    let turns = 0;
    let done = false;
    const count = (): void => {
      turns += 1;
      if (!done) setImmediate(count);
    };
    setImmediate(count);
    await model.predict(MANY);
    done = true;
    expect(turns).toBeGreaterThanOrEqual(Math.floor(MANY.length / 256));
  });

  it("gives calls that overlap each their own rows", async () => {
    const rows = MANY.slice(0, 20);
    const together = await Promise.all(rows.map((row) => model.predict([row])));
    for (const [i, row] of rows.entries()) expect(together[i]).toEqual(await model.predict([row]));
  });

  it("predicts in a worker what it predicts in the calling thread, bit for bit", async () => {
    const runtime = await nodeRuntime({ workers: 1 });
    const remote = await serveModel(bytes, runtime, { onClose: () => runtime.close() });
    expect(await remote.predict(MANY)).toEqual(await model.predict(MANY));
    await remote.close();
  });

  it("says the same whether values come plain, as text or beside what is no input", async () => {
    const plain = await model.predict([ROW]);
    const text = Object.fromEntries(Object.entries(ROW).map(([name, value]) => [name, ` ${value} `]));
    expect(await model.predict([text])).toEqual(plain);
    expect(await model.predict([{ ...ROW, note: { nested: [1] } }])).toEqual(plain);
    expect(await model.predict([{ ...text, note: { nested: [1] } }])).toEqual(plain);
  });

  it("refuses calls once it is closed", async () => {
    const other = await openModel(bytes);
    await other.close();
    await expect(other.predict([ROW])).rejects.toThrow("must be open, got a closed one");
  });
});
