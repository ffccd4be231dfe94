import type { TensorValue } from "../graph/index.js";
import type { Runtime, Session } from "../runtime/runtime.js";
import { groupOrder, taskGroups } from "../model/groups.js";
import type { Layout } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import { applyOnnx } from "./apply-graph.js";
import { type LabelTables, type TrainingData, floats, takeRows } from "./training-data.js";

/** What a forward pass over some rows gives. */
export interface Applied {
  /** Mean loss per task name over its labelled rows; NaN for a task without any. */
  readonly losses: Readonly<Record<string, number>>;
  /** Other outputs by name, row-major, with rows in the order asked for. */
  readonly outputs: Readonly<Record<string, Float32Array>>;
}

/** Runs the forward pass of one model over chosen rows, in chunks of bounded memory. */
export interface Applier {
  apply(
    parameters: Float32Array,
    rows: Int32Array,
    tables: LabelTables,
    fetch?: readonly string[],
  ): Promise<Applied>;
  close(): Promise<void>;
}

const CHUNK_FLOATS = 2 ** 23; // widest activation of one chunk: 32 MB

/** How a forward pass is opened. */
export interface ApplierOptions {
  /** The session in whose worker it runs. */
  readonly beside?: Session;
  /** Whether `rowLosses` may be asked for: the loss of every task in every row `[R, T]`, 0 where a row has no label. */
  readonly rowLosses?: boolean;
}

/** Opens the forward pass of a model on `data`. */
export async function openApplier(
  runtime: Runtime,
  spec: ModelSpec,
  layout: Layout,
  data: TrainingData,
  { beside, rowLosses = false }: ApplierOptions = {},
): Promise<Applier> {
  const session = await runtime.open(applyOnnx(spec, layout, { rows: rowLosses }), beside ? { beside } : {});
  const encoder = await data.streamed?.encoder(session);
  const encode = async (rows: Int32Array): Promise<Float32Array> =>
    encoder ? encoder.encode(rows) : takeRows(data.encoded, data.width, rows);
  const widest = spec.members * Math.max(spec.adapter === "input" ? data.width : 1, ...spec.trunk);
  const widestRow = data.streamed ? Math.max(widest, data.width) : widest;
  const chunk = Math.max(64, Math.min(8192, Math.floor(CHUNK_FLOATS / widestRow)));
  const tasks = groupOrder(taskGroups(spec)).map((t) => spec.tasks[t]!.name);

  return {
    async apply(parameters, rows, tables, fetch = []) {
      await session.hold({ parameters: floats(parameters, [parameters.length]) });
      const sums = new Float64Array(tasks.length);
      const counts = new Float64Array(tasks.length);
      const parts: Record<string, Float32Array[]> = Object.fromEntries(fetch.map((name) => [name, []]));
      for (let start = 0; start < rows.length; start += chunk) {
        const part = rows.subarray(start, start + chunk);
        const encoded = floats(await encode(part), [part.length, data.width]);
        const values = await runChunk(session, encoded, tables, part, tasks.length, fetch);
        const [losses, present] = [
          values["losses"]!.data as Float32Array,
          values["counts"]!.data as Float32Array,
        ];
        for (let t = 0; t < tasks.length; t++) {
          const weight = present[t]! > 0 ? present[t]! : 0;
          sums[t]! += losses[t]! * weight;
          counts[t]! += weight;
        }
        for (const name of fetch) parts[name]!.push(values[name]!.data as Float32Array);
      }
      return {
        losses: Object.fromEntries(
          tasks.map((name, t) => [name, counts[t]! > 0 ? sums[t]! / counts[t]! : Number.NaN]),
        ),
        outputs: Object.fromEntries(
          fetch.map((name) => [name, joined(name, parts[name]!, spec.members, rows.length)]),
        ),
      };
    },
    close: async () => {
      await encoder?.close();
      await session.close();
    },
  };
}

async function runChunk(
  session: Session,
  encoded: TensorValue,
  tables: LabelTables,
  rows: Int32Array,
  tasks: number,
  fetch: readonly string[],
): ReturnType<Session["run"]> {
  const feeds = {
    encoded,
    targets: floats(takeRows(tables.targets, tables.targetWidth, rows), [rows.length, tables.targetWidth]),
    mask: floats(takeRows(tables.mask, tasks, rows), [rows.length, tasks]),
  };
  return await session.run(feeds, { outputs: ["losses", "counts", ...fetch] });
}

/** Joins chunks: predictions `[R, …]` one after another, raw head outputs `[M, R, …]` member by member. */
function joined(name: string, parts: readonly Float32Array[], members: number, rows: number): Float32Array {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const out = new Float32Array(total);
  const blocks = name.startsWith("output.") ? members : 1;
  const width = rows === 0 ? 0 : total / rows / blocks;
  let row = 0;
  for (const part of parts) {
    const partRows = part.length / blocks / width;
    for (let m = 0; m < blocks; m++) {
      out.set(part.subarray(m * partRows * width, (m + 1) * partRows * width), (m * rows + row) * width);
    }
    row += partRows;
  }
  return out;
}
