import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { convolutionalLayout } from "../src/model/convolution/layout.js";
import { taskGroups } from "../src/model/groups.js";
import { parameterView } from "../src/model/layout.js";
import { PeerMissing } from "./bench.js";
import { BATCH, type ConvSide, LEARNING_RATE, convModel, convStart } from "./conv-ours.js";
import type { ImageSet } from "./conv-sets.js";

const SCRIPT = fileURLToPath(new URL("peers/conv.py", import.meta.url));

/** PyTorch in a child process; arrays go through files in a folder of their own. */
export class ConvPeer implements ConvSide {
  /** Version of PyTorch. */
  readonly version: string;
  private readonly set: ImageSet;
  private readonly folder: string;
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;

  private constructor(
    set: ImageSet,
    folder: string,
    child: ChildProcess,
    answers: AsyncIterator<string>,
    version: string,
  ) {
    this.set = set;
    this.folder = folder;
    this.child = child;
    this.answers = answers;
    this.version = version;
  }

  /**
   * Starts the peer on a set and lets it build its model.
   *
   * @throws {PeerMissing} if there is no Python, or no PyTorch in it.
   */
  static async open(set: ImageSet): Promise<ConvPeer> {
    const python = process.env["KINDRED_BENCH_PYTHON"] ?? "python3";
    const folder = await mkdtemp(join(tmpdir(), "kindred-conv-"));
    await writeFile(join(folder, "images"), set.images);
    await writeFile(join(folder, "targets"), set.targets);
    const child = spawn(python, [SCRIPT, folder], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: child.stdout! });
    const started = await new Promise<boolean>((resolve) => {
      child.once("spawn", () => resolve(true));
      child.once("error", () => resolve(false));
    });
    const answers = lines[Symbol.asyncIterator]();
    if (started) child.stdin!.write(`${JSON.stringify(described(set))}\n`);
    const { version } = started ? await answer<{ readonly version?: string }>(answers) : {};
    if (version !== undefined) return new ConvPeer(set, folder, child, answers, version);
    await rm(folder, { recursive: true });
    throw new PeerMissing(
      `the peer is PyTorch, which ${python} does not have: make a venv, run "pip install torch" in it and set KINDRED_BENCH_PYTHON to its python.`,
    );
  }

  async start(seed: number): Promise<void> {
    await writeFile(join(this.folder, "start"), turned(this.set, seed));
    await this.ask({ do: "start" });
  }

  async train(batches: Int32Array): Promise<number> {
    await writeFile(join(this.folder, "batches"), batches);
    return (await this.ask<{ readonly ms: number }>({ do: "train" })).ms;
  }

  async predict(): Promise<Float32Array> {
    await this.ask({ do: "predict" });
    const bytes = await readFile(join(this.folder, "outputs"));
    return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  }

  async close(): Promise<void> {
    this.child.stdin!.end();
    await rm(this.folder, { recursive: true });
  }

  private ask<T>(question: { readonly do: "start" | "train" | "predict" }): Promise<T> {
    this.child.stdin!.write(`${JSON.stringify(question)}\n`);
    return answer<T>(this.answers);
  }
}

async function answer<T>(answers: AsyncIterator<string>): Promise<T> {
  const { value, done } = await answers.next();
  if (done) throw new Error("the peer has ended without an answer");
  return JSON.parse(value) as T;
}

/** The model in the peer's words. */
function described(set: ImageSet) {
  const { spec, model } = convModel(set);
  return {
    image: [set.image.channels, set.image.height, set.image.width],
    stages: spec.stages,
    features: model.inputs,
    dense: model.trunk[0],
    tasks: model.tasks.map(({ coding }) => ({
      kind: coding.kind,
      width: coding.kind === "multiclass" ? coding.classes.length : 1,
    })),
    trained: set.trained,
    batch: BATCH,
    rate: LEARNING_RATE,
  };
}

/** The start of a seed in the order and orientation of the peer's parameters. */
function turned(set: ImageSet, seed: number): Float32Array {
  const { spec, model } = convModel(set);
  const [layout, flat] = [convolutionalLayout(spec, model), convStart(set, seed)];
  const parts: Float32Array[] = [];
  const add = (name: string, columns?: readonly [number, number]): void => {
    const width = layout.find((parameter) => parameter.name === `${name}.bias`)!.shape.at(-1)!;
    const weight = layout.find((parameter) => [`${name}.kernel`, `${name}.weight`].includes(parameter.name))!;
    const [from, to] = columns ?? [0, width];
    parts.push(transposed(parameterView(layout, flat, weight.name), width, from, to));
    parts.push(parameterView(layout, flat, `${name}.bias`).slice(from, to));
  };
  spec.stages.forEach((_, i) => add(`convolution.${i}`));
  add("trunk.0");
  const groups = taskGroups(model);
  model.tasks.forEach((_, t) => {
    const group = groups.find(({ tasks }) => tasks.includes(t))!;
    const place = group.tasks.indexOf(t);
    add(`heads.${group.name}`, [place * group.width, (place + 1) * group.width]);
  });
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

/** Some columns of a matrix `[.., width]` as rows. */
function transposed(matrix: Float32Array, width: number, from: number, to: number): Float32Array {
  const rows = matrix.length / width;
  return Float32Array.from(
    { length: rows * (to - from) },
    (_, at) => matrix[(at % rows) * width + from + Math.floor(at / rows)]!,
  );
}
