import { readFile, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { DataError, RuntimeFailure } from "../base/errors.js";
import { nodeRuntime } from "../runtime/node.js";
import { readRun } from "../run/index.js";
import { type Model, serveModel } from "./served-model.js";
import type { TaskMap } from "./task-options.js";

/**
 * Opens a trained model: a run folder, a `model.onnx`, or the bytes of one.
 *
 * It predicts in the calling thread, as quickly as ONNX Runtime itself: a row takes a fraction of a millisecond, and of many
 * rows some hundreds are computed between two turns of the event loop.
 *
 * @throws {DataError} if there is nothing, a run is damaged, or the file is no model of Kindred's.
 * @example
 * const model = await openModel("runs/demo");
 * const [first] = await model.predict([{ bill_length_mm: 39.1, bill_depth_mm: 18.7, flipper_length_mm: 181, island: "Torgersen" }]);
 */
export async function openModel<T extends TaskMap = TaskMap>(
  pathOrBytes: string | Uint8Array,
): Promise<Model<T>> {
  const where = typeof pathOrBytes === "string" ? pathOrBytes : "model";
  const bytes = typeof pathOrBytes === "string" ? await modelBytes(pathOrBytes) : pathOrBytes;
  const runtime = await nodeRuntime({ inline: true });
  try {
    return await serveModel<T>(bytes, runtime, { where, onClose: () => runtime.close() });
  } catch (error) {
    await runtime.close();
    if (!(error instanceof RuntimeFailure)) throw error;
    const problem = `cannot be opened: ${error.parts.problem ?? error.message}`;
    throw new DataError(
      { where, subject: "the model", problem, fix: "Take the file as it was written, or train again." },
      { cause: error },
    );
  }
}

/** The model file behind a path: `model.onnx` of a run folder, after the run was checked, or the file itself. */
export async function modelBytes(path: string): Promise<Uint8Array> {
  const found = await stat(path).catch(() => undefined);
  if (
    found === undefined &&
    basename(path) !== path &&
    (await stat(dirname(path)).catch(() => undefined)) === undefined
  ) {
    throw new DataError({
      where: path,
      subject: "the model",
      problem: "is not there",
      fix: "Give a run folder or a model.onnx.",
    });
  }
  if (found === undefined || found.isDirectory()) return await (await readRun(path)).file("model.onnx");
  return await readFile(path);
}
