import { readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Layout, parameterView } from "../src/model/layout.js";
import type { LoadOptions, StudyEvent, TaskMap } from "../src/index.js";
import { classification, clustering, load, openModel, regression } from "../src/index.js";

const PENGUINS = fileURLToPath(new URL("../examples/penguins.csv", import.meta.url));
const QUICK = {
  budget: { epochs: 20, patience: 5 },
  sharing: { members: 4, trunk: [32] },
} as const;
const NEW_ROWS = [
  { island: "Torgersen", bill_length_mm: 39.1, bill_depth_mm: 18.7, flipper_length_mm: 181 },
  { island: "Biscoe", bill_length_mm: 47.5, bill_depth_mm: 14.2, flipper_length_mm: 217 },
  { island: "Dream", bill_length_mm: 50.1, bill_depth_mm: 19.4, flipper_length_mm: 197 },
  { island: "Nowhere", bill_length_mm: null, flipper_length_mm: 200 },
] as const;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-library-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Row `i` of a table whose targets follow its inputs. */
function row(i: number) {
  const [x, y] = [((i * 37) % 101) / 10, ((i * 53) % 89) / 7];
  return {
    x,
    y,
    colour: ["red", "green", "blue"][i % 3]!,
    up: 2 * x - y,
    down: y - x + (i % 3),
    large: x + y > 10 ? "yes" : "no",
  };
}
const ROWS = Array.from({ length: 160 }, (_, i) => row(i));

/** Trains on {@link ROWS}, gives what is asked of the model and closes it. */
async function trained<const T extends TaskMap>(options: LoadOptions<T>, rows: readonly object[] = ROWS) {
  const study = await load(rows as readonly Record<string, unknown>[], { ...QUICK, ...options });
  const model = await study.train();
  try {
    return { record: model.record, predictions: await model.predict(ROWS.slice(0, 12)) };
  } finally {
    await model.close();
  }
}

describe("a study of the penguins", () => {
  const events: StudyEvent[] = [];
  const train = async () => {
    const study = await load(
      PENGUINS,
      {
        tasks: {
          species: classification(),
          sex: classification<"male" | "female">(),
          body_mass_g: regression(),
        },
        ...QUICK,
      },
      { onEvent: (event) => events.push(event) },
    );
    return study.train({ folder: join(folder, "penguins") });
  };
  let model: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    model = await train();
  });
  afterAll(() => model.close());

  it("predicts a number for a regression and a label with its probabilities for a classification", async () => {
    const predicted = await model.predict(NEW_ROWS);
    expect(predicted).toHaveLength(NEW_ROWS.length);
    for (const { species, sex, body_mass_g: mass } of predicted) {
      expect(Object.keys(species.probabilities)).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
      expect(Object.keys(sex.probabilities).sort()).toEqual(["female", "male"]);
      for (const { label, probabilities } of [species, sex]) {
        const shares = Object.values(probabilities);
        expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
        expect(Math.max(...shares)).toBe(probabilities[label as keyof typeof probabilities]);
      }
      expect(mass).toBeGreaterThan(2000);
      expect(mass).toBeLessThan(7000);
    }
    expect(predicted.slice(0, 3).map(({ species }) => species.label)).toEqual([
      "Adelie",
      "Gentoo",
      "Chinstrap",
    ]);
    expect(predicted[1]!.body_mass_g).toBeGreaterThan(predicted[0]!.body_mass_g + 500);
  });

  it("predicts each row by itself: order and company change nothing", async () => {
    const together = await model.predict(NEW_ROWS);
    const reversed = await model.predict([...NEW_ROWS].reverse());
    expect(reversed.reverse().map(({ body_mass_g: mass }) => mass)).toEqual(
      together.map(({ body_mass_g: mass }) => expect.closeTo(mass, 2)),
    );
    expect(await model.predict([])).toEqual([]);
  });

  it("gives the same predictions from the folder, the file and the bytes of what was saved", async () => {
    await model.save(join(folder, "again"));
    const expected = await model.predict(NEW_ROWS);
    const file = join(folder, "again", "model.onnx");
    for (const source of [join(folder, "penguins"), join(folder, "again"), file, await readFile(file)]) {
      const opened = await openModel(source);
      expect(await opened.predict(NEW_ROWS)).toEqual(expected);
      expect(opened.tasks).toEqual(model.tasks);
      await opened.close();
    }
  });

  it("does not save over a run unless told to", async () => {
    await expect(model.save(join(folder, "penguins"))).rejects.toThrow(/already/);
    await model.save(join(folder, "penguins"), { overwrite: true });
  });

  it("tells of its progress in order", () => {
    const stages = events.flatMap((event) => (event.type === "stage" ? [event.stage] : []));
    expect(stages.slice(0, 5)).toEqual(["reading", "preparing", "training", "evaluating", "writing"]);
    const place = (stage: string) =>
      events.findIndex((event) => event.type === "stage" && event.stage === stage);
    const during = events.slice(place("training") + 1, place("evaluating"));
    expect(during.every(({ type }) => type === "epoch" || type === "trained")).toBe(true);
    expect(events.filter(({ type }) => type === "epoch").every((event) => during.includes(event))).toBe(true);

    for (const name of ["multi-task", "species", "sex", "body_mass_g"]) {
      const own = during.filter((event) => "model" in event && event.model === name);
      const epochs = own.flatMap((event) => (event.type === "epoch" ? [event] : []));
      const ends = epochs.filter(({ validation }) => validation !== undefined);
      expect(epochs.map(({ epoch }) => epoch)).toEqual(
        epochs.map(({ epoch }) => epoch).toSorted((a, b) => a - b),
      );
      expect(ends.map(({ epoch }) => epoch)).toEqual(ends.map((_, i) => i + 1));
      expect(own.at(-1)).toMatchObject({ type: "trained", epochs: ends.length });
      const tasks = name === "multi-task" ? ["body_mass_g", "sex", "species"] : [name];
      expect(Object.keys(ends.at(-1)!.losses).sort()).toEqual(tasks);
      expect(Object.values(ends.at(-1)!.validation!).every(Number.isFinite)).toBe(true);
    }
  });

  it("has a record of every task, compared with its own baseline", () => {
    expect(model.record.evaluation.tasks.map(({ task }) => task)).toEqual(["species", "sex", "body_mass_g"]);
    expect(Object.keys(model.record.training.single)).toEqual(["species", "sex", "body_mass_g"]);
    expect(model.record.data.rows).toBe(344);
    expect(model.record.data.split).toMatchObject({ train: 220, validation: 55, test: 69 });
  });
});

describe("rows as objects", () => {
  it("train as a file does: numbers, labels and clusters from one model", async () => {
    const { predictions, record } = await trained({
      tasks: { up: regression(), large: classification<"yes" | "no">(), groups: clustering({ clusters: 3 }) },
      ignore: ["down"],
    });
    expect(record.data.source).toBe("rows");
    for (const { up, large, groups } of predictions) {
      expect(typeof up).toBe("number");
      expect(["yes", "no"]).toContain(large.label);
      expect(groups.probabilities).toHaveLength(3);
      expect(groups.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
      expect(groups.cluster).toBe(groups.probabilities.indexOf(Math.max(...groups.probabilities)));
    }
  });

  it("may lack a label in every row and every target", async () => {
    const sparse = ROWS.map((cells, i) => ({
      ...cells,
      ...[{ up: null }, { down: undefined }, { large: "" }, { up: null, down: null, large: null }][i % 4],
    }));
    const tasks = { up: regression(), down: regression(), large: classification() };
    const { predictions, record } = await trained({ tasks }, sparse);
    for (const { up, down, large } of predictions) {
      expect(Number.isFinite(up) && Number.isFinite(down)).toBe(true);
      expect(["yes", "no"]).toContain(large.label);
    }
    for (const { labelled } of record.tasks) {
      expect(labelled.train + labelled.validation + labelled.test).toBe(80);
    }
  });

  it("cluster alone, with the number of clusters found by itself", async () => {
    const blobs = Array.from({ length: 150 }, (_, i) => ({
      a: [0, 8, -8][i % 3]! + ((i * 37) % 101) / 100,
      b: [8, -8, 0][i % 3]! + ((i * 53) % 89) / 89,
    }));
    const study = await load(blobs, { tasks: { groups: clustering() }, ...QUICK });
    const model = await study.train();
    const found = (await model.predict(blobs)).map(({ groups }) => groups.cluster);
    await model.close();
    expect(model.tasks).toEqual([
      { name: "groups", kind: "clustering", classes: ["0", "1", "2"], classType: "integer" },
    ]);
    expect(new Set(found).size).toBe(3);
    expect(found.every((cluster, i) => cluster === found[i % 3])).toBe(true);
  });
});

describe("links", () => {
  const tasks = { large: classification(), up: regression(), down: regression() };

  it("parent:child add the parent's prediction to the child's head and change what the child predicts", async () => {
    const without = await trained({ tasks });
    const linked = await trained({ tasks, relations: ["large:up"] });
    const child = ({ predictions }: typeof linked) => predictions.map(({ up }) => up);
    expect(linked.record.links).toMatchObject([{ kind: "parent-child", from: "large", to: "up" }]);
    expect(linked.record.model.parameters).toBeGreaterThan(without.record.model.parameters);
    const apart = child(linked).map((value, i) => Math.abs(value - child(without)[i]!));
    expect(Math.max(...apart)).toBeGreaterThan(1e-3);
  });

  it("a~b with a strong tie make two heads equal, which differ without", async () => {
    const distances: number[] = [];
    for (const tie of [0, 100]) {
      const study = await load(
        ROWS.map((cells) => ({ ...cells, steep: 3 * cells.x - cells.y })),
        {
          tasks: { up: regression(), steep: regression() },
          ignore: ["down"],
          relations: ["up~steep"],
          sharing: { ...QUICK.sharing, tie },
          balance: "equal",
          budget: { ...QUICK.budget, batch: 16, learningRate: 0.02 },
        },
      );
      const home = join(folder, `tie-${tie}`);
      const model = await study.train({ folder: home });
      expect(model.record.links).toMatchObject([{ kind: "same-kind", from: "up", to: "steep" }]);
      await model.close();
      distances.push(headDistance(join(home, "checkpoint")));
    }
    expect(distances[0]).toBeGreaterThan(0.3);
    expect(distances[1]).toBeLessThan(0.03);
  });
});

/** Distance of two heads' weights `[4, 32, 2]` relative to their length, from the parameters of a run. */
function headDistance(checkpoint: string): number {
  const { layout } = JSON.parse(readFileSync(join(checkpoint, "model.json"), "utf8")) as { layout: Layout };
  const flat = new Float32Array(Uint8Array.from(readFileSync(join(checkpoint, "parameters.bin"))).buffer);
  const weights = parameterView(layout, flat, "heads.regression-1.weight");
  expect(weights).toHaveLength(4 * 32 * 2);
  let [apart, length] = [0, 0];
  for (let i = 0; i < weights.length; i += 2) {
    apart += (weights[i]! - weights[i + 1]!) ** 2;
    length += weights[i]! ** 2 + weights[i + 1]! ** 2;
  }
  return Math.sqrt(apart / length);
}

describe("stopping", () => {
  const ENDLESS = { budget: { epochs: 100_000, patience: 100_000 }, sharing: { members: 4, trunk: [32] } };

  it("by a signal ends training at once with its reason, and only its state is written", async () => {
    const stop = new AbortController();
    let aborted = Number.NaN;
    const onEvent = (event: StudyEvent): void => {
      if (event.type !== "epoch" || stop.signal.aborted) return;
      aborted = performance.now();
      stop.abort(new Error("enough"));
    };
    const study = await load(ROWS, { tasks: { up: regression(), large: classification() }, ...ENDLESS });
    const home = join(folder, "stopped");
    await expect(study.train({ folder: join(home, "run"), signal: stop.signal, onEvent })).rejects.toThrow(
      "enough",
    );
    expect(performance.now() - aborted).toBeLessThan(15_000);
    expect(await readdir(join(home, "run"))).toEqual(["checkpoint"]);
  });

  it("before the start trains nothing", async () => {
    const events: StudyEvent[] = [];
    const study = await load(ROWS, { tasks: { up: regression() }, ...ENDLESS });
    const signal = AbortSignal.abort(new Error("never mind"));
    await expect(study.train({ signal, onEvent: (event) => events.push(event) })).rejects.toThrow(
      "never mind",
    );
    expect(events.some(({ type }) => type === "epoch" || type === "trained")).toBe(false);
  });
});

describe("settings", () => {
  const tasks = { up: regression(), large: classification() };

  it.each([
    [{}, /^options\.tasks: /],
    [{ tasks, epochs: 3 }, /"epochs" is not known/],
    [{ tasks, budget: { epoch: 3 } }, /"epoch" is not known.*"epochs"/],
    [{ tasks, budget: { epochs: -3 } }, /^options\.budget\.epochs: .*got -3/],
    [{ tasks, seed: 1.5 }, /^options\.seed: .*whole number.*got 1\.5/],
    [{ tasks, balance: "even" }, /^options\.balance: .*equal, fixed, uncertainty.* or moco/],
    [{ tasks, sharing: { trunk: [] } }, /^options\.sharing\.trunk: /],
    [{ tasks: { up: { kind: "rank" } } }, /^options\.tasks\.up\.kind: /],
    [{ tasks, ignore: ["up"] }, /"up" is both a task and ignored/],
    [{ tasks, relations: ["up~up"] }, /cannot be linked to itself/],
  ])(
    "that cannot be are refused before any work, as for a program without types: %j",
    async (options, message) => {
      const refused = await load(ROWS, options as never).catch((error: unknown) => error);
      expect(refused).toMatchObject({ name: "ConfigError", message: expect.stringMatching(message) });
    },
  );

  it("each make another model that has learned: balancers, optimisers, deeper heads, one member", async () => {
    const settings: Omit<LoadOptions<typeof tasks>, "tasks">[] = [
      {},
      { balance: "uncertainty" },
      { budget: { ...QUICK.budget, optimizer: "adam" } },
      { balance: "uncertainty", budget: { ...QUICK.budget, optimizer: "adam" } },
      { sharing: { ...QUICK.sharing, head: 16 } },
      { sharing: { ...QUICK.sharing, members: 1 } },
      { sharing: { members: 1, trunk: [16, 8], head: 8 } },
    ];
    const seen = new Set<string>();
    for (const setting of settings) {
      const { predictions, record } = await trained({ tasks, ignore: ["down"], ...setting });
      seen.add(JSON.stringify(predictions));
      const losses = record.training.multi.epochs.map(({ train }) => train["up"]!);
      expect(losses.at(-1)).toBeLessThan(losses[0]!);
    }
    expect(seen.size).toBe(settings.length);
  });
});
