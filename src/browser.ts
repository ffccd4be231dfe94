import { DataError } from "./base/errors.js";
import { type TableData, dataName, rawFromData } from "./data/index.js";
import { rawFromText } from "./data/sources/raw-text.js";
import { type BrowserRuntimeOptions, browserRuntime } from "./runtime/browser.js";
import type { Runtime } from "./runtime/runtime.js";
import { withTurns } from "./runtime/turns.js";
import { type LoadOptions, checkedOptions } from "./study/check-options.js";
import type { StudyHooks } from "./study/events.js";
import { inspectForStudy } from "./study/plan.js";
import { textOptionsOf } from "./study/options.js";
import { type Model, serveModel } from "./study/served-model.js";
import type { TaskMap } from "./study/task-options.js";
import { type PortableModel, planAloud, trainPlan } from "./study/train-plan.js";

export { ConfigError, DataError, KindredError, NumericError, RuntimeFailure } from "./base/errors.js";
export type { ColumnValue, ColumnValues, Row, TableColumns, TableData } from "./data/index.js";
export type { RunRecord } from "./run/record.js";
export type { LoadOptions } from "./study/check-options.js";
export type { StudyEvent, StudyHooks } from "./study/events.js";
export type { Model, ModelTask } from "./study/served-model.js";
export {
  classification,
  type ClassificationTask,
  clustering,
  type ClusteringTask,
  regression,
  type RegressionTask,
  type RowPrediction,
  type TaskMap,
  type TaskPrediction,
} from "./study/task-options.js";
export type { PortableModel } from "./study/train-plan.js";
export { VERSION } from "./study/version.js";

/** How ONNX Runtime is loaded in a page. */
export type BrowserModelOptions = Omit<BrowserRuntimeOptions, "ort">;

const TURN_MS = 16; // a frame: the page draws and hears its user at least this often
const SLICE_MS = 24; // one run of steps; shorter ones would spend their time on starting

/**
 * Trains in a page what `load(...).train()` trains in Node, with the same options and defaults: the multi-task model and every
 * single-task baseline, compared on test rows. Rows never leave the page.
 *
 * The work is done in the thread that calls, in slices of some 20 ms between which the page draws and hears its user. To
 * keep even those from it, call this in a module worker: `new Worker(url, { type: "module" })`.
 *
 * The same table, options and seed give the losses of Node to float32 rounding.
 *
 * @param table rows as objects, one property a column (an array, a generator, a stream read asynchronously); columns by name
 * (arrays and typed arrays of equal length); or a CSV file (also with `;`, tab or `|`), as text or as bytes in any encoding.
 * @param hooks.onEvent is told of every stage, epoch and model.
 * @param hooks.signal stops the training.
 * @throws {DataError} if the table or a target cannot be used; {ConfigError} for options that are out of range or name what
 * is not there; {RuntimeFailure} if ONNX Runtime cannot be loaded; an abort rejects with the signal's reason.
 * @example
 * const table = await (await fetch("/students.csv")).text();
 * const model = await train(table, { tasks: { G3: regression(), passed: classification() } });
 * const [first] = await model.predict([{ age: 17, school: "GP" }]);
 * const file = new Blob([model.modelBytes]);
 */
export async function train<const T extends TaskMap>(
  table: TableData | string | Uint8Array,
  options: LoadOptions<T>,
  hooks: StudyHooks & BrowserModelOptions = {},
): Promise<PortableModel<T>> {
  const name = typeof table === "string" || table instanceof Uint8Array ? "text" : dataName(table);
  const complete = checkedOptions({ ...options, data: name });
  hooks.onEvent?.({ type: "stage", stage: "reading", detail: name });
  const raw =
    typeof table === "string" || table instanceof Uint8Array
      ? rawFromText(table, "text", textOptionsOf(complete))
      : await rawFromData(table);
  const plan = planAloud(inspectForStudy(raw, complete), complete, hooks);
  return inPage(hooks, async (runtime) => {
    const host = { node: "none", platform: userAgent() };
    const place = { runtime, host, name, sliceMs: SLICE_MS };
    const { record, modelBytes } = await trainPlan(plan, complete, place, hooks);
    const model = await serveModel<T>(modelBytes, runtime, { onClose: () => runtime.close() });
    return { ...model, record, modelBytes };
  });
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
  return inPage(options, (runtime) =>
    serveModel<T>(bytes, runtime, { where, onClose: () => runtime.close() }),
  );
}

/** Does work on a runtime of its own, which what comes out closes; a failure closes it too. */
async function inPage<R>(
  { wasmPaths, provider }: BrowserModelOptions,
  work: (runtime: Runtime) => Promise<R>,
): Promise<R> {
  const bare = await browserRuntime({
    ...(wasmPaths !== undefined && { wasmPaths }),
    ...(provider !== undefined && { provider }),
  });
  const runtime = withTurns(bare, TURN_MS);
  try {
    return await work(runtime);
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

function userAgent(): string {
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };
  return navigator?.userAgent ?? "unknown";
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
