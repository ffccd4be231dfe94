import { RuntimeFailure } from "../base/errors.js";
import type { OrtHost } from "./ort-session.js";
import { copyValue } from "./ort-values.js";
import type { TensorValue } from "../graph/tensor.js";
import type { Runtime, Session, SessionOptions, Values } from "./runtime.js";

/** What a runtime tells about itself. */
export type RuntimeFacts = Pick<Runtime, "kind" | "version" | "reason">;

/**
 * A runtime whose sessions live in the thread that calls them: nothing crosses to a worker, so that a short run is as quick as
 * ONNX Runtime itself, and a long one keeps the thread busy until it is done.
 */
export class LocalRuntime implements Runtime {
  readonly kind: "native" | "wasm";
  readonly version: string;
  readonly reason: string;
  readonly workers = 1;
  private readonly host: OrtHost;
  private readonly sessions = new Map<Session, Session>(); // as handed out → as it is
  private closed = false;

  constructor({ kind, version, reason }: RuntimeFacts, host: OrtHost) {
    this.kind = kind;
    this.version = version;
    this.reason = reason;
    this.host = host;
  }

  /** @throws {RuntimeFailure} if ONNX Runtime refuses the model, or the runtime is closed. */
  async open(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    this.checkOpen();
    const inner = await this.host.open(model, options);
    const session = this.own(inner);
    if (this.closed) await session.close();
    this.checkOpen();
    return session;
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.sessions.keys()].map((session) => session.close()));
  }

  /** Copies what goes in, as crossing to a worker does, so that the caller's arrays may change afterwards. */
  private own(inner: Session): Session {
    const session: Session = {
      inputs: inner.inputs,
      outputs: inner.outputs,
      run: (feeds, options) => inner.run(options?.owned === true ? feeds : copied(feeds), options),
      hold: (values, options) => inner.hold(options?.owned === true ? values : copied(values)),
      held: (names, options) => inner.held(names, options),
      alternate: (second, plan) => inner.alternate(this.sessions.get(second) ?? second, plan),
      close: () => {
        this.sessions.delete(session);
        return inner.close();
      },
    };
    this.sessions.set(session, inner);
    return session;
  }

  private checkOpen(): void {
    if (!this.closed) return;
    const got = "a closed one";
    throw new RuntimeFailure({ where: "runtime", subject: "the runtime", expected: "open", got });
  }
}

function copied(values: Values): Values {
  const copies: Record<string, TensorValue> = Object.create(null); // so that an input may be named __proto__
  for (const name of Object.keys(values)) {
    const value = values[name]!;
    copies[name] = isCopyable(value) ? copyValue(value) : value; // the session refuses what is not
  }
  return copies;
}

const isCopyable = (value: Partial<TensorValue> | undefined): boolean =>
  Array.isArray(value?.shape) && typeof value.data?.slice === "function";
