import { ConfigError } from "../base/errors.js";
import type { Layout } from "../model/layout.js";
import type { ModelSpec } from "../model/spec.js";
import type { Runtime } from "../runtime/runtime.js";
import type { FitOptions } from "./fitted.js";
import type { TrainingData } from "./training-data.js";

/** What a fit depends on, part by part: plain text, or a SHA-256 in hexadecimal where the part is large. */
export interface Fingerprint {
  /** Version of the checkpoint's own form. */
  readonly format: string;
  /** Kind and version of ONNX Runtime: others round differently. */
  readonly runtime: string;
  readonly options: string;
  /** The model with its layout. */
  readonly model: string;
  /** The encoded inputs. */
  readonly inputs: string;
  readonly labels: string;
  readonly split: string;
}

const FORMAT = "3"; // version of what a checkpoint holds; raise it when the form of a fit's state changes

/** The fingerprint of a fit. */
export async function fingerprintOf(
  spec: ModelSpec,
  layout: Layout,
  data: TrainingData,
  options: FitOptions,
  { kind, version }: Pick<Runtime, "kind" | "version">,
): Promise<Fingerprint> {
  const [options_, model, table] = await Promise.all([
    sha256(json(options)),
    sha256(json({ spec, layout })),
    tableHashes(data),
  ]);
  return { format: FORMAT, runtime: `${kind} ${version}`, options: options_, model, ...table };
}

/**
 * Checks that a fit may go on from a checkpoint.
 *
 * @throws {ConfigError} if anything that training depends on has changed: it says what.
 */
export function refuseOther(kept: Fingerprint, now: Fingerprint): void {
  const changed = (part: keyof Fingerprint): boolean => kept[part] !== now[part];
  const table = TABLE.filter(([part]) => changed(part)).map(([, words]) => words);
  const parts = [
    ...(changed("format") ? ["version of Kindred's checkpoints"] : []),
    ...(changed("runtime") ? [`ONNX Runtime (${kept.runtime} then, ${now.runtime} now)`] : []),
    ...(changed("options") ? ["training options"] : []),
    ...(table.length > 0 ? [`table (its ${table.join(", ")})`] : []),
    ...(changed("model") && table.length === 0 ? ["model"] : []), // its input width and classes follow the table
  ];
  if (parts.length === 0) return;
  throw new ConfigError({
    where: "resume",
    subject: `the ${parts.join(" and the ")}`,
    problem: "changed since the run began",
    fix: "Give the data and options it began with, or start anew, overwriting it.",
  });
}

const TABLE = [
  ["inputs", "inputs"],
  ["labels", "labels"],
  ["split", "division of rows"],
] as const satisfies readonly (readonly [keyof Fingerprint, string])[];

type TableHashes = Pick<Fingerprint, "inputs" | "labels" | "split">;
const KNOWN = new WeakMap<TrainingData, Promise<TableHashes>>(); // one table serves all models of a study

function tableHashes(data: TrainingData): Promise<TableHashes> {
  const found = KNOWN.get(data) ?? hashTable(data);
  KNOWN.set(data, found);
  return found;
}

async function hashTable(data: TrainingData): Promise<TableHashes> {
  const { rows, width, encoded, truths, split, streamed } = data;
  const parts = { inputs: { encoded }, labels: truths, split: { ...split } };
  const hashes = Object.entries(parts).map(async ([part, arrays]) => {
    const each = Object.entries(arrays).map(async ([name, values]) => [name, await sha256(raw(values))]);
    return [
      part,
      await sha256(json({ rows, width, streamed: streamed?.identity, arrays: await Promise.all(each) })),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(hashes)) as unknown as TableHashes; // its keys are those of `parts`
}

const json = (value: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(value));

const raw = (values: ArrayBufferView): Uint8Array<ArrayBuffer> =>
  new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength); // tables are never shared memory

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
