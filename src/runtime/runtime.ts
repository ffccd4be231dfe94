import type { TensorValue } from "../graph/tensor.js";
import type { Alternation } from "./alternation.js";
import type { ProviderChoice } from "./providers.js";

/** Named tensors going into or coming out of a session. */
export type Values = Readonly<Record<string, TensorValue>>;

/** How a session is opened. */
export interface SessionOptions {
  /** Threads inside one operation, native only; default 1 (see docs/ARCHITECTURE.md for the measurements behind it). */
  readonly threads?: number;
  /** What to run on; default: that of the runtime. What it does not offer runs on the processor within the same session. */
  readonly provider?: ProviderChoice;
  /** Opens in the worker of this session: for two sessions that take turns, so that other models get the other workers. */
  readonly beside?: Session;
}

/** What one run of a session should do. */
export interface RunOptions {
  /**
   * The caller gives the fed arrays away and will not touch them again, so that a session in the same thread need not copy
   * them; default false.
   */
  readonly owned?: boolean;
  /** The caller has made the fed values for this very model and vouches for their form: they are not checked; default false. */
  readonly checked?: boolean;
  /** Outputs to send back; default: all that are not carried. With none to send or carry, nothing is computed. */
  readonly outputs?: readonly string[];
  /** Output name → input name: kept beside the session and fed to the next run, not sent back. */
  readonly carry?: Readonly<Record<string, string>>;
}

/** A loaded graph. Large or repeated inputs are held beside it, so that they cross to the worker once. */
export interface Session {
  /** Names of the graph's inputs and outputs, in order. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The metadata strings stored in the model file are read with `readOnnx`, not here. */
  run(feeds: Values, options?: RunOptions): Promise<Values>;
  /** Keeps values for inputs that later runs do not feed. A later `hold` of the same name replaces it. */
  hold(values: Values): Promise<void>;
  /** Copies held values back by input name. */
  held(names: readonly string[]): Promise<Values>;
  /**
   * Steps in which this session and one opened `beside` it take turns, with work of the host between them, all in their
   * thread: see `Alternation`.
   */
  alternate<Setup>(second: Session, plan: Alternation<Setup>): Promise<Values>;
  close(): Promise<void>;
  /** For a session made of others: one of them, in whose thread it lives. */
  readonly within?: Session;
}

/** A tensor runtime on this machine or in this page. */
export interface Runtime {
  /** `native`: onnxruntime-node; `wasm`: onnxruntime-web. */
  readonly kind: "native" | "wasm";
  /** Version of ONNX Runtime. */
  readonly version: string;
  /** Why this one: one sentence for people, with the remedy when a faster one could be had. */
  readonly reason: string;
  /** How many sessions can work at the same time. */
  readonly workers: number;
  open(model: Uint8Array, options?: SessionOptions): Promise<Session>;
  close(): Promise<void>;
}
