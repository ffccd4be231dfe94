import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { classification, load, regression, clustering } from "../src/index.js";
import { type BuiltPage, CHROMIUM, type OpenPage, buildPage, nearly, openPage } from "./chromium-page.js";
import { enter, leave } from "./cli-run.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const NEW_ROWS = [
  { island: "Torgersen", bill_length_mm: 39.1, bill_depth_mm: 18.7, flipper_length_mm: 181 },
  { island: "Biscoe", bill_length_mm: 47.5, bill_depth_mm: 14.2, flipper_length_mm: 217 },
  { island: "Atlantis", bill_length_mm: null, bill_depth_mm: 19.4, flipper_length_mm: 197 },
  { island: "", bill_depth_mm: 17 },
];

let home = "";
let built: BuiltPage;

beforeAll(async () => {
  home = await enter();
  built = await buildPage("test/pages/predict", join(home, "site"));
});
afterAll(() => leave(home));

describe("the bundle of a page", () => {
  it("is built without a warning", () => {
    expect(built.warnings).toEqual([]);
  });

  it("holds nothing of Node, of the database or of the native runtime", () => {
    const modules = built.chunks.flatMap(({ moduleIds }) => moduleIds);
    expect(modules.filter((id) => id.endsWith("dist/browser.js"))).toHaveLength(1);
    expect(
      modules.filter((id) => /browser-external|^node:|@duckdb|onnxruntime-node|linkedom|observable/.test(id)),
    ).toEqual([]);
    const imported = built.chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]);
    expect(imported.filter((id) => !built.chunks.some(({ fileName }) => fileName === id))).toEqual([]);
  });
});

describe.skipIf(!existsSync(CHROMIUM))("a page in Chromium (needs /usr/bin/chromium)", () => {
  const train = async () => {
    const study = await load(join(root, "examples/penguins.csv"), {
      tasks: {
        species: classification(),
        sex: classification<"male" | "female">(),
        body_mass_g: regression(),
        groups: clustering({ clusters: 3 }),
      },
      budget: { epochs: 12, patience: 5 },
      sharing: { members: 4, trunk: [32] },
    });
    return study.train({ folder: join(home, "run") });
  };
  let model: Awaited<ReturnType<typeof train>>;
  let opened: OpenPage;

  beforeAll(async () => {
    model = await train();
    const files = {
      "/model.onnx": join(home, "run/model.onnx"),
      "/no-model.onnx": join(root, "package.json"),
    };
    opened = await openPage(join(home, "site"), files);
    await opened.page.waitForFunction(`document.title === "ready"`);
  });
  afterAll(async () => {
    await opened?.close();
    await model?.close();
  });

  it.each(["url", "bytes"])("predicts what Node predicts, opening the model by its %s", async (how) => {
    const words = ["/model.onnx", NEW_ROWS, how].map((word) => JSON.stringify(word)).join(", ");
    const found = await opened.page.evaluate(`predictRows(${words})`);
    expect(found).toEqual({
      tasks: model.tasks,
      inputs: model.inputs,
      predictions: nearly(await model.predict(NEW_ROWS)),
    });
  });

  it("says what is wrong with a file or with rows, as Node does", async () => {
    const failure = (url: string, rows: unknown) =>
      opened.page.evaluate(`failure("${url}", ${JSON.stringify(rows)})`);
    expect(await failure("/no-model.onnx", NEW_ROWS)).toMatch(/^DataError: .*ONNX model/);
    expect(await failure("/gone.onnx", NEW_ROWS)).toMatch(
      /^DataError: \/gone\.onnx: the model cannot be fetched \(the server answers 404\)/,
    );
    const incomplete = NEW_ROWS.map(({ bill_depth_mm: depth }) => ({ bill_depth_mm: depth }));
    expect(await failure("/model.onnx", incomplete)).toMatch(/^DataError: .*"island"/);
    await expect(model.predict(incomplete)).rejects.toThrow('"island"');
  });

  it("sends no row anywhere and asks nobody but its own server", () => {
    const { address, asked, complaints } = opened;
    expect(asked.filter((url) => !url.startsWith(address) && !/^(data|blob):/.test(url))).toEqual([]);
    expect(asked.some((url) => url.endsWith(".wasm"))).toBe(true);
    expect(complaints).toEqual([expect.stringMatching(/404/)]); // the model that was asked for and is not there
  });
});
