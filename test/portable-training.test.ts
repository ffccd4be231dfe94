import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as page from "../src/browser.js";
import {
  type RunRecord,
  type StudyEvent,
  classification,
  load,
  openModel,
  regression,
} from "../src/index.js";
import { nearly } from "./chromium-page.js";

const PENGUINS = fileURLToPath(new URL("../examples/penguins.csv", import.meta.url));
const OPTIONS = {
  tasks: { species: classification(), body_mass_g: regression() },
  sharing: { trunk: [16], members: 2 },
  budget: { epochs: 5, patience: 5 },
};
const ROWS = [
  { island: "Torgersen", bill_length_mm: 39.1, bill_depth_mm: 18.7, flipper_length_mm: 181, sex: "male" },
  { island: "Biscoe", bill_length_mm: 47.5, bill_depth_mm: 14.2, flipper_length_mm: 217, sex: null },
];
const ROUNDING = 1e-5; // float32 sums in another order, as in the test of a page

describe("train of kindred/browser, run in Node", () => {
  let model: Awaited<ReturnType<typeof page.train<typeof OPTIONS.tasks>>>;
  const events: StudyEvent[] = [];
  beforeAll(async () => {
    model = await page.train(readFileSync(PENGUINS, "utf8"), OPTIONS, {
      onEvent: (event) => events.push(event),
    });
  });
  afterAll(() => model.close());

  it("gives the losses and predictions of load(…).train() to float32 rounding", async () => {
    const native = await (await load(PENGUINS, OPTIONS)).train();
    try {
      const epochs = ({ training }: RunRecord) =>
        [training.multi, ...Object.values(training.single)].map((one) => one.epochs);
      expect(epochs(model.record)).toEqual(nearly(epochs(native.record), ROUNDING));
      expect(await model.predict(ROWS)).toEqual(nearly(await native.predict(ROWS), ROUNDING));
      expect(native.modelBytes.length).toBe(model.modelBytes.length);
    } finally {
      await native.close();
    }
  });

  it("gives a file that Node opens, with the same predictions to float32 rounding", async () => {
    const opened = await openModel(model.modelBytes);
    try {
      expect(await opened.predict(ROWS)).toEqual(nearly(await model.predict(ROWS), ROUNDING));
    } finally {
      await opened.close();
    }
  });

  it("tells its stages, and every epoch of every model with its losses", () => {
    const stages = events.flatMap((event) => (event.type === "stage" ? [event.stage] : []));
    expect(stages).toEqual(["reading", "preparing", "training", "evaluating"]);
    for (const name of ["multi-task", "species", "body_mass_g"]) {
      const ended = events.filter(
        (event) => event.type === "epoch" && event.model === name && event.validation !== undefined,
      );
      expect(ended).toHaveLength(5);
    }
  });

  it("knows of no machine: its record says that there is no Node", () => {
    expect(model.record.environment).toMatchObject({ node: "none", workers: 1 });
    expect(model.record.data.source).toBe("text");
  });

  it("rejects with the reason of an abort", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(page.train(readFileSync(PENGUINS, "utf8"), OPTIONS, { signal })).rejects.toThrow("enough");
  });
});
