import type { InferenceSession } from "onnxruntime-common";
import type { Row } from "../../src/data/index.js";
import type { OrtModule } from "../../src/runtime/ort-values.js";
import type { ModelCard } from "../../src/study/model-card.js";

/** Predicts rows given as objects, as objects. */
export type Predict = (rows: readonly Row[]) => Promise<object[]>;

/** A prediction of a class, as the peer gives it. */
interface Labelled {
  readonly label: string;
  readonly probabilities: Record<string, number>;
}

/**
 * ONNX Runtime called directly on the same `model.onnx`, by a program that knows the model: one loop per input into a tensor,
 * one run, one loop over the results. It checks nothing.
 *
 * @param chunk rows in one run.
 */
export async function ortDirect(
  ort: OrtModule,
  bytes: Uint8Array,
  card: ModelCard,
  chunk = Infinity,
): Promise<{ predict: Predict; close(): Promise<void> }> {
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  const tasks = card.tasks.map(({ name, coding }) => ({
    name,
    classes: "classes" in coding ? coding.classes : [],
    output: coding.kind === "regression" ? name : `${name}_probabilities`,
  }));
  const outputs = tasks.map(({ output }) => output);
  const predict: Predict = async (rows) => {
    const predictions: Record<string, number | Labelled>[] = [];
    for (let from = 0; from < rows.length; from += chunk) {
      const some = rows.slice(from, from + chunk);
      const found = await session.run(tensors(ort, card, some), outputs);
      const data = outputs.map((name) => found[name]!.data as Float32Array);
      for (let row = 0; row < some.length; row++) {
        const prediction: Record<string, number | Labelled> = {};
        for (let t = 0; t < tasks.length; t++) {
          const { name, classes } = tasks[t]!;
          prediction[name] = classes.length > 0 ? labelled(classes, data[t]!, row) : data[t]![row]!;
        }
        predictions.push(prediction);
      }
    }
    return predictions;
  };
  return { predict, close: () => session.release() };
}

function tensors(ort: OrtModule, card: ModelCard, rows: readonly Row[]): InferenceSession.FeedsType {
  const feeds: Record<string, InferenceSession.FeedsType[string]> = {};
  for (const { name, type } of card.inputs) {
    if (type === "category") {
      const texts: string[] = [];
      for (const row of rows) texts.push((row[name] as string | null) ?? "");
      feeds[name] = new ort.Tensor("string", texts, [rows.length]);
    } else {
      const numbers = new Float32Array(rows.length);
      for (let i = 0; i < rows.length; i++) numbers[i] = (rows[i]![name] as number | null) ?? Number.NaN;
      feeds[name] = new ort.Tensor("float32", numbers, [rows.length]);
    }
  }
  return feeds;
}

function labelled(classes: readonly string[], data: Float32Array, row: number): Labelled {
  const from = row * classes.length;
  const probabilities: Record<string, number> = {};
  let best = 0;
  for (let k = 0; k < classes.length; k++) {
    const share = data[from + k]!;
    probabilities[classes[k]!] = share;
    if (share > data[from + best]!) best = k;
  }
  return { label: classes[best]!, probabilities };
}
