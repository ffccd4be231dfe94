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
 * @throws {DataError} if the file is no model of Kindred's.
 * @example
 * const model = await openModel("/model.onnx");
 * const [first] = await model.predict([{ bill_length_mm: 39.1, island: "Torgersen" }]);
 */
export async function openModel<T extends TaskMap = TaskMap>(
  model: string | URL | Uint8Array,
  options: BrowserModelOptions = {},
): Promise<Model<T>> {
  const bytes =
    model instanceof Uint8Array ? model : new Uint8Array(await (await fetch(model)).arrayBuffer());
  const runtime = await browserRuntime(options);
  return serveModel<T>(bytes, runtime, {
    where: String(model instanceof Uint8Array ? "model" : model),
    onClose: () => runtime.close(),
  });
}
