import type { ErrorParts } from "../base/errors.js";
import type { LoadedOrt, OrtChoice } from "./load-ort.js";
import type { ProviderChoice } from "./providers.js";
import type { Alternation, HeldOptions, RunOptions, SessionOptions, Values } from "./runtime.js";

/** What a worker says about the runtime it has loaded. */
export type LoadedFacts = Pick<LoadedOrt, "kind" | "version" | "reason" | "providers">;

/** Names of an opened session's inputs and outputs. */
export interface SessionFacts {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** The calls a worker answers: name → what goes in and what comes out. */
export interface WorkerCalls {
  load: { args: { choice: OrtChoice; provider: ProviderChoice }; result: LoadedFacts };
  open: { args: { session: number; model: Uint8Array; options: SessionOptions }; result: SessionFacts };
  run: { args: { session: number; feeds: Values; options: RunOptions }; result: Values };
  hold: { args: { session: number; values: Values }; result: undefined };
  held: {
    args: { session: number; names: readonly string[]; options: HeldOptions };
    result: Values;
  };
  alternate: {
    args: { session: number; second: number; plan: Omit<Alternation, "host">; module: string };
    result: Values;
  };
  close: { args: { session: number }; result: undefined };
  /** The last call: the thread answers between two operations and then sleeps until it is ended. */
  rest: { args: Readonly<Record<never, never>>; result: undefined };
}

/** One call on its way to the worker. */
export type WorkerRequest = {
  [K in keyof WorkerCalls]: { readonly id: number; readonly call: K; readonly args: WorkerCalls[K]["args"] };
}[keyof WorkerCalls];

/** The answer to the call of the same `id`; a `mistake` is the user's: a ConfigError. */
export type WorkerReply =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly parts: ErrorParts; readonly mistake: boolean };
