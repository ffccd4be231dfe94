import type { TensorValue } from "../graph/tensor.js";
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

/** How values are given to a session to be held. */
export interface HoldOptions {
  /** The caller gives the arrays away: they are not copied, and empty afterwards where they went to a worker; default false. */
  readonly owned?: boolean;
}

/** Which of the values of a session are wanted. */
export interface HeldOptions {
  /** What the last run with `mark` set aside, in place of what is held now; default false. */
  readonly marked?: boolean;
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
  /** Sets aside what is held before the run, for `held` to find until the next run that does; default false. */
  readonly mark?: boolean;
  /** Outputs to send back; default: all that are not carried. With none to send or carry, nothing is computed. */
  readonly outputs?: readonly string[];
  /** Output name → input name: kept beside the session and fed to the next run, not sent back. */
  readonly carry?: Readonly<Record<string, string>>;
}

/** Work of the host between the runs of two graphs, in the thread where their sessions live. */
export interface HostWork {
  /** What the second graph is fed in a step, counted from 0, from what the first one told. */
  step(values: Values, step: number): Values;
  /** What is told once all steps are done. */
  finish(): Values;
}

/** How work of the host gets into a thread: by name into a worker, as it is into the thread that asks. */
export interface HostCode<Setup = unknown> {
  /** The built module that exports this code as `start`, from the folder of the rooms on: `training/weights-between.js`. */
  readonly module: string;
  /** Begins the work; `setup` must be plain data, since it may cross to a worker. */
  readonly start: (setup: Setup) => HostWork;
}

/** Steps in which two graphs take turns. */
export interface Alternation<Setup = unknown> {
  readonly steps: number;
  /** What each graph is fed: values with a leading axis of steps; a step gets its own entry, the leading axis then being 1. */
  readonly feeds: { readonly first: Values; readonly second: Values };
  /** Outputs of the first graph that the host sees, and those that are told, stacked along their first axis. */
  readonly seen: readonly string[];
  readonly told: readonly string[];
  /** Outputs of the first graph → inputs of the second. */
  readonly given: Readonly<Record<string, string>>;
  /** Outputs of the second graph → inputs that are theirs for the next step, in every graph that has them. */
  readonly carried: Readonly<Record<string, string>>;
  readonly host: HostCode<Setup>;
  readonly setup: Setup;
}

/** A loaded graph. Large or repeated inputs are held beside it, so that they cross to the worker once. */
export interface Session {
  /** Names of the graph's inputs and outputs, in order. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The metadata strings stored in the model file are read with `readOnnx`, not here. */
  run(feeds: Values, options?: RunOptions): Promise<Values>;
  /** Keeps values for inputs that later runs do not feed. A later `hold` of the same name replaces it. */
  hold(values: Values, options?: HoldOptions): Promise<void>;
  /** Copies held values back by input name. */
  held(names: readonly string[], options?: HeldOptions): Promise<Values>;
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
