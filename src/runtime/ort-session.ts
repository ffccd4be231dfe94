import type { InferenceSession, Tensor } from "onnxruntime-common";
import { RuntimeFailure } from "../base/errors.js";
import { type Gifts, type GivingSession, alternate } from "./alternation.js";
import { giveBack } from "./give-back.js";
import type { TensorValue } from "../graph/tensor.js";
import {
  checkValue,
  isPlainlyFit,
  copyValue,
  fromOrt,
  toOrt,
  type OrtMetadata,
  type OrtModule,
} from "./ort-values.js";
import {
  builtProviders,
  ortProvider,
  type Provider,
  type ProviderChoice,
  providersToTry,
  unstartable,
} from "./providers.js";
import { modelFailure, ortReason, runFailure } from "./run-failure.js";
import type { Alternation, HeldOptions, RunOptions, Session, SessionOptions, Values } from "./runtime.js";

/** Opens sessions on one ONNX Runtime module. */
export interface OrtHost {
  /** @throws {RuntimeFailure} if ONNX Runtime refuses the model. */
  open(model: Uint8Array, options?: SessionOptions): Promise<Session>;
}

/**
 * Sessions over an ONNX Runtime module: the shared core of the worker and of runtimes in the calling thread.
 *
 * All calls on one module wait for each other, in the order they were made: a run sees what earlier runs carried, and
 * the WebAssembly module, whose stack is shared, is never entered twice. Results never share memory with what the
 * session keeps; fed and held arrays are used as they are, so a caller that may change them must copy first.
 *
 * @param provider what sessions run on that do not ask for one themselves.
 * @param built what the module was built with; default: what it lists.
 */
export function ortHost(
  ort: OrtModule,
  kind: "native" | "wasm",
  provider: ProviderChoice = "cpu",
  built: readonly Provider[] = builtProviders(ort),
): OrtHost {
  const enqueue = queueOf(ort);
  if (provider !== "cpu") ort.env.logLevel = "fatal"; // else what an accelerator lacks is printed as well as thrown
  return {
    open: (model, options = {}) =>
      enqueue(async () => {
        const asked = options.provider ?? provider;
        const session = await create({ ort, kind, built, model, options }, providersToTry(asked, built));
        return new OrtSession({ ort, kind, session, enqueue });
      }),
  };
}

interface Creation {
  readonly ort: OrtModule;
  readonly kind: "native" | "wasm";
  readonly built: readonly Provider[];
  readonly model: Uint8Array;
  readonly options: SessionOptions;
}

/** Opens on the first provider that starts; when the last one does not, says whether it or the model is at fault. */
async function create(
  creation: Creation,
  [provider, ...others]: readonly [Provider, ...Provider[]],
): Promise<InferenceSession> {
  const { ort, kind, built, model, options } = creation;
  try {
    return await ort.InferenceSession.create(model, creationOptions(ortProvider(provider, kind), options));
  } catch (cause) {
    if (provider === "cpu") throw modelFailure(cause);
    const [next, ...rest] = others;
    if (next) return create(creation, [next, ...rest]);
    const plain = await create(creation, ["cpu"]); // throws if it is the model that is at fault
    await plain.release();
    throw unstartable(provider, built, ortReason(cause), cause);
  }
}

const QUEUES = new WeakMap<object, Enqueue>();

/** The queue of a module: one for all its hosts. */
function queueOf({ InferenceSession: key }: OrtModule): Enqueue {
  const queue = QUEUES.get(key) ?? serialQueue();
  QUEUES.set(key, queue);
  return queue;
}

type Enqueue = <T>(job: () => Promise<T>) => Promise<T>;

function serialQueue(): Enqueue {
  let last: Promise<unknown> | undefined; // the job that was put in last, while it is not done
  return <T>(job: () => Promise<T>): Promise<T> => {
    const result = last ? last.then(job, job) : job();
    const done = (): void => {
      if (last === result) last = undefined;
    };
    last = result;
    result.then(done, done);
    return result;
  };
}

const LOG_FATAL_ONLY = 4; // errors reach the caller as exceptions; ORT would print them to stderr as well

const RUN: InferenceSession.RunOptions = { logSeverityLevel: LOG_FATAL_ONLY };

function creationOptions(provider: string, options: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    graphOptimizationLevel: "all",
    executionMode: "sequential",
    intraOpNumThreads: options.threads ?? 1,
    interOpNumThreads: 1,
    logSeverityLevel: LOG_FATAL_ONLY,
    // Spinning threads would take the cores on which the other sessions work.
    extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
  };
}

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(", ");

/** What the options of a run come to. */
interface RunPlan {
  readonly options: RunOptions;
  readonly gifts: Gifts;
  /** Outputs to send back, and whether each is carried as well. */
  readonly wanted: readonly (readonly [name: string, isCarried: boolean])[];
  readonly fetched: readonly string[];
  readonly carries: readonly (readonly [output: string, input: string])[];
  /** Gifts that nobody else gets and whose memory is their own. */
  readonly onlyGiven: readonly string[];
}

const NO_GIFTS: Gifts = { all: [], last: new Map() };

interface SessionParts {
  readonly ort: OrtModule;
  readonly kind: "native" | "wasm";
  readonly session: InferenceSession;
  readonly enqueue: Enqueue;
}

class OrtSession implements GivingSession {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  private readonly ort: OrtModule;
  private readonly kind: "native" | "wasm";
  private readonly session: InferenceSession;
  private readonly enqueue: Enqueue;
  private readonly declared: ReadonlyMap<string, OrtMetadata>;
  private readonly kept = new Map<string, Tensor>();
  private marked: ReadonlyMap<string, Tensor> = new Map();
  private closed = false;
  private lastPlan: RunPlan | undefined;

  constructor({ ort, kind, session, enqueue }: SessionParts) {
    this.ort = ort;
    this.kind = kind;
    this.session = session;
    this.enqueue = enqueue;
    this.inputs = [...session.inputNames];
    this.outputs = [...session.outputNames];
    this.declared = new Map(session.inputMetadata.map((input) => [input.name, input]));
  }

  run(feeds: Values, options: RunOptions = {}): Promise<Values> {
    return this.enqueue(() => this.compute(feeds, options));
  }

  runAndGive(feeds: Values, options: RunOptions, gifts: Gifts): Promise<Values> {
    return this.enqueue(() => this.compute(feeds, options, gifts));
  }

  /** @throws {RuntimeFailure} if the second session lives in another thread. */
  async alternate<Setup>(second: Session, plan: Alternation<Setup>): Promise<Values> {
    if (second instanceof OrtSession)
      return alternate(this, second, plan, (setup) => plan.host.start(setup as Setup)); // its own setup comes back
    const [subject, expected] = ["the second session", "in the thread of the first"];
    throw new RuntimeFailure({ where: "runtime", subject, expected, got: "one of another thread" });
  }

  private async compute(feeds: Values, options: RunOptions, gifts = NO_GIFTS): Promise<Values> {
    this.checkOpen();
    const { wanted, fetched, carries, onlyGiven } = this.planOf(options, gifts);
    const tensors = this.gather(feeds, options.checked === true);
    if (options.mark === true) this.marked = new Map(this.kept);
    if (fetched.length === 0) return {};
    let results: Record<string, Tensor>;
    try {
      results = (await this.session.run(tensors, fetched, RUN)) as typeof results; // outputs are on the processor
    } catch (cause) {
      throw runFailure(cause);
    }
    const next = carries.map(([output, input]) => [input, this.carriable(output, input, results)] as const);
    for (const [input, tensor] of next) this.kept.set(input, tensor);
    for (const [output, to, input] of gifts.all) (to as OrtSession).kept.set(input, results[output]!); // all are of this class
    giveBack(onlyGiven.flatMap((name) => replaced(gifts.last, name, results[name]!)));
    const values: Record<string, TensorValue> = Object.create(null);
    for (const [name, isCarried] of wanted) {
      const value = fromOrt(`output "${name}"`, results[name]!); // present: it was fetched
      values[name] = isCarried ? copyValue(value) : value;
    }
    return values;
  }

  /** What a run fetches and carries; found once for options that are used again. */
  private planOf(options: RunOptions, gifts: Gifts): RunPlan {
    if (this.lastPlan?.options === options && this.lastPlan.gifts === gifts) return this.lastPlan;
    const carries = Object.entries(options.carry ?? {});
    const carried = new Set(carries.map(([output]) => output));
    const names = options.outputs ?? this.outputs.filter((name) => !carried.has(name));
    const fetched = [...new Set([...names, ...carried, ...gifts.all.map(([output]) => output)])];
    for (const name of fetched) this.checkOutput(name);
    for (const [, input] of carries) this.declarationOf(input);
    const wanted = names.map((name) => [name, carried.has(name)] as const);
    const sent = new Set([...names, ...carried]);
    const onlyGiven = this.kind === "native" ? fetched.filter((name) => !sent.has(name)) : [];
    return (this.lastPlan = { options, gifts, wanted, fetched, carries, onlyGiven });
  }

  hold(values: Values): Promise<void> {
    return this.whileOpen(async () => {
      const tensors = Object.entries(values).map(([name, value]) => {
        checkValue(`input "${name}"`, value, this.declarationOf(name));
        return [name, toOrt(this.ort, value)] as const;
      });
      for (const [name, tensor] of tensors) this.kept.set(name, tensor);
    });
  }

  held(names: readonly string[], { marked = false }: HeldOptions = {}): Promise<Values> {
    return this.whileOpen(async () =>
      Object.fromEntries(
        names.map((name) => {
          const among = marked ? this.marked : this.kept;
          const tensor = among.get(name);
          if (tensor) return [name, copyValue(fromOrt(`input "${name}"`, tensor))];
          const got = among.size ? `only ${quoted([...among.keys()])} held` : "nothing held";
          throw new RuntimeFailure({ where: "session", subject: `input "${name}"`, expected: "held", got });
        }),
      ),
    );
  }

  close(): Promise<void> {
    return this.enqueue(async () => {
      if (this.closed) return;
      this.closed = true;
      this.kept.clear();
      this.marked = new Map();
      await this.session.release();
    });
  }

  private whileOpen<T>(job: () => Promise<T>): Promise<T> {
    return this.enqueue(async () => {
      this.checkOpen();
      return job();
    });
  }

  private checkOpen(): void {
    if (!this.closed) return;
    const got = "a closed one";
    throw new RuntimeFailure({ where: "runtime", subject: "the session", expected: "open", got });
  }

  private gather(feeds: Values, checked: boolean): Record<string, Tensor> {
    if (!checked) this.checkFeeds(feeds);
    const tensors: Record<string, Tensor> = Object.create(null); // so that an input may be named __proto__
    for (const name of this.inputs) {
      const tensor = Object.hasOwn(feeds, name) ? toOrt(this.ort, feeds[name]!) : this.kept.get(name);
      if (tensor) tensors[name] = tensor;
      else {
        throw new RuntimeFailure({
          where: "session",
          subject: `input "${name}"`,
          expected: "fed or held",
          got: "neither",
          fix: `The model's inputs are ${quoted(this.inputs)}.`,
        });
      }
    }
    return tensors;
  }

  private checkFeeds(feeds: Values): void {
    for (const name of Object.keys(feeds)) {
      const declared = this.declarationOf(name);
      if (!isPlainlyFit(feeds[name], declared)) checkValue(`input "${name}"`, feeds[name], declared);
    }
  }

  private carriable(output: string, input: string, results: Record<string, Tensor>): Tensor {
    const tensor = results[output]!; // present: carried outputs are fetched
    const subject = `output "${output}" carried to input "${input}"`;
    checkValue(subject, fromOrt(subject, tensor), this.declarationOf(input));
    return tensor;
  }

  private checkOutput(name: string): void {
    if (this.outputs.includes(name)) return;
    const expected = `one of the model's outputs (${quoted(this.outputs)})`;
    throw new RuntimeFailure({ where: "session", subject: "output", expected, got: `"${name}"` });
  }

  private declarationOf(name: string): OrtMetadata {
    const declared = this.declared.get(name);
    if (declared) return declared;
    const expected = `one of the model's inputs (${quoted(this.inputs)})`;
    throw new RuntimeFailure({ where: "session", subject: "input", expected, got: `"${name}"` });
  }
}

/** Puts a tensor in the place of an earlier one: the memory of that one. */
function replaced(tensors: Map<string, Tensor>, name: string, next: Tensor): ArrayBuffer[] {
  const before = tensors.get(name);
  tensors.set(name, next);
  return before && ArrayBuffer.isView(before.data) ? [before.data.buffer as ArrayBuffer] : []; // native results are not shared
}
