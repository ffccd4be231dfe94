import { DataError } from "./base/errors.js";
import { browserRuntime } from "./runtime/browser.js";
import { type Model, serveModel } from "./study/served-model.js";
import type { TaskMap } from "./study/task-options.js";

export { DataError, KindredError, RuntimeFailure } from "./base/errors.js";
export type { Model, ModelTask } from "./study/served-model.js";
export type { RowPrediction, TaskMap, TaskPrediction } from "./study/task-options.js";

/** How a model is opened in a page. */
export interface BrowserModelOptions {
  /** Where the page serves the WebAssembly files of onnxruntime-web; its own place when absent. */
  readonly wasmPaths?: string;
}

/**
 * Opens a trained model in a page: rows never leave it.
 *
 * @param model a URL that can be fetched, or the bytes of `model.onnx`.
 * @throws {DataError} if the URL cannot be fetched, or the file is no model of Kindred's.
 * @example
 * const model = await openModel("/model.onnx");
 * const [first] = await model.predict([{ bill_length_mm: 39.1, bill_depth_mm: 18.7, flipper_length_mm: 181, island: "Torgersen" }]);
 */
export async function openModel<T extends TaskMap = TaskMap>(
  model: string | URL | Uint8Array,
  options: BrowserModelOptions = {},
): Promise<Model<T>> {
  const where = model instanceof Uint8Array ? "model" : String(model);
  const bytes = model instanceof Uint8Array ? model : await fetched(where);
  const runtime = await browserRuntime(options);
  try {
    return await serveModel<T>(bytes, runtime, { where, onClose: () => runtime.close() });
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

async function fetched(url: string): Promise<Uint8Array> {
  try {
    const response = await fetch(url);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    throw notFetched(url, `the server answers ${response.status}`);
  } catch (cause) {
    throw cause instanceof DataError ? cause : notFetched(url, "no answer", cause);
  }
}

function notFetched(where: string, why: string, cause?: unknown): DataError {
  const fix = "Give the address at which the page serves model.onnx.";
  return new DataError(
    { where, subject: "the model", problem: `cannot be fetched (${why})`, fix },
    { cause },
  );
}
