import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seededRandom } from "../src/base/random.js";
import type { InputCoding, Row } from "../src/data/index.js";
import { isNumberInput } from "../src/data/encoding.js";
import { loadOrt } from "../src/runtime/load-ort.js";
import { load } from "../src/study/load.js";
import type { openModel } from "../src/study/model.js";
import { type Bench, type BenchPart, type BenchResult, PeerMissing } from "./bench.js";
import { type Predict, ortDirect } from "./peers/ort-direct.js";

/** How two ways to predict are measured: gives the milliseconds of ours and of the peer's. */
export type ServeMeasure = (ours: Predict, peer: Predict, rows: readonly Row[]) => Promise<[number, number]>;

/** What is measured for each model. */
export interface ServeBench {
  readonly unit: BenchResult["unit"];
  /** Rows that the peer puts into one run, each with the name it has in the output. */
  readonly peers: readonly { readonly name: string; readonly chunk: number }[];
  readonly measure: ServeMeasure;
}

/** Our side as it is shipped: a loader of TypeScript wraps every function it compiles, which costs 5 µs a row. */
const BUILT = new URL("../dist/study/model.js", import.meta.url).href;

const ROWS = 10_000;
const PENGUINS = fileURLToPath(new URL("../examples/penguins.csv", import.meta.url));
const ADULT = join(process.env["KINDRED_DATA"] ?? "../shared/data", "adult", "data.csv");

/** Models of the usual size on two tables, trained for a moment: what they say does not matter here, how long it takes does. */
const STUDIES = [
  { name: "penguins", data: PENGUINS, tasks: { species: {}, sex: {}, body_mass_g: {} }, ignore: [] },
  {
    name: "adult",
    data: ADULT,
    tasks: { income: {}, "marital-status": {}, "hours-per-week": { kind: "regression" } },
    ignore: ["split", "fnlwgt", "relationship", "education-num"],
  },
] as const;

/**
 * Predictions of a saved model against ONNX Runtime called directly in this process on the same file and rows.
 *
 * Both sides take row objects and give row objects, since who calls ONNX Runtime has to build tensors and to read labels back
 * as well. The peer knows that its rows are well formed and checks nothing; ours checks every value. One thread each.
 */
export function serveBench({ unit, peers, measure }: ServeBench): Bench {
  return async (name) => {
    const parts: BenchPart[] = [];
    const built = (await import(BUILT)) as { openModel: typeof openModel };
    const { ort, version } = await loadOrt("native").catch((error: Error) => {
      throw new PeerMissing(error.message);
    });
    for (const study of STUDIES.filter(({ data }) => existsSync(data))) {
      const bytes = await trainedModel(study);
      const model = await built.openModel(bytes);
      const rows = randomRows(model.card.inputs);
      for (const peer of peers) {
        const direct = await ortDirect(ort, bytes, model.card, peer.chunk);
        const [ours, theirs] = await measure((some) => model.predict(some), direct.predict, rows);
        const part = [study.name, peer.name].filter((word) => word !== "").join(" ");
        parts.push({ name: part, ours, peer: theirs, ratio: theirs / ours });
        await direct.close();
      }
      await model.close();
    }
    const worst = parts.reduce((least, part) => (part.ratio < least.ratio ? part : least));
    const against = `onnxruntime-node ${version} called directly, one thread each; worst of the above`;
    return { ...worst, name, unit, against, parts };
  };
}

async function trainedModel({ data, tasks, ignore }: (typeof STUDIES)[number]): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), "kindred-bench-"));
  try {
    const study = await load(data, { tasks, ignore: [...ignore], budget: { epochs: 2 } });
    const trained = await study.train({ folder: join(folder, "run") });
    await trained.close();
    return await readFile(join(folder, "run", "model.onnx"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Rows drawn around what the model was trained on, with a missing value now and then. */
function randomRows(inputs: readonly InputCoding[]): Row[] {
  const random = seededRandom(0, "serve");
  const cell = (coding: InputCoding): unknown => {
    if (random.uniform() < 0.02) return null;
    if (coding.type === "category") return coding.levels[random.integer(coding.levels.length)];
    if (!isNumberInput(coding)) throw new TypeError(`no value is drawn for a ${coding.type}`);
    return coding.mean + coding.deviation * random.normal();
  };
  return Array.from({ length: ROWS }, () =>
    Object.fromEntries(inputs.map((coding) => [coding.name, cell(coding)])),
  );
}
