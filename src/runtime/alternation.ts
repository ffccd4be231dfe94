import type { TensorValue } from "../graph/tensor.js";
import type { RunOptions, Session, Values } from "./runtime.js";

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

/** A session that hands outputs to another one of the same thread without sending them anywhere. */
export interface GivingSession extends Session {
  /** As `run`; `given` outputs become held inputs of the other session, or of this one. */
  runAndGive(
    feeds: Values,
    options: RunOptions,
    given: readonly (readonly [output: string, to: GivingSession, input: string])[],
  ): Promise<Values>;
}

/** Runs an alternation of two sessions of this thread; returns what is told, and what the host tells at the end. */
export async function alternate(
  first: GivingSession,
  second: GivingSession,
  { steps, feeds, seen, told, given, carried, setup }: Omit<Alternation, "host">,
  start: (setup: unknown) => HostWork,
): Promise<Values> {
  const host = start(setup);
  const firstOptions = { outputs: [...new Set([...seen, ...told])], checked: true, owned: true };
  const secondOptions = { outputs: [], checked: true, owned: true };
  const toSecond = Object.entries(given).map(([output, input]) => [output, second, input] as const);
  const onward = Object.entries(carried).flatMap(([output, input]) =>
    [first, second].filter(({ inputs }) => inputs.includes(input)).map((to) => [output, to, input] as const),
  );
  const columns: Record<string, TensorValue[]> = Object.fromEntries(told.map((name) => [name, []]));
  for (let step = 0; step < steps; step++) {
    const values = await first.runAndGive(entry(feeds.first, step), firstOptions, toSecond);
    for (const name of told) columns[name]!.push(values[name]!);
    await second.runAndGive(
      { ...entry(feeds.second, step), ...host.step(values, step) },
      secondOptions,
      onward,
    );
  }
  const stacked = Object.entries(columns).map(([name, parts]) => [name, stack(parts)] as const);
  return { ...Object.fromEntries(stacked), ...host.finish() };
}

/** One step's part of values with a leading axis of steps. */
function entry(values: Values, step: number): Record<string, TensorValue> {
  const own: Record<string, TensorValue> = {};
  for (const [name, { dtype, shape, data }] of Object.entries(values)) {
    const size = shape.slice(1).reduce((product, n) => product * n, 1);
    own[name] = { dtype, shape: [1, ...shape.slice(1)], data: data.slice(step * size, (step + 1) * size) };
  }
  return own;
}

/** Values of one shape `[S]` or `[1, …]` as one with their number first. */
function stack(parts: readonly TensorValue[]): TensorValue {
  const [first] = parts;
  const { shape } = first!; // an alternation has at least one step
  const data = new Float32Array(parts.length * first!.data.length);
  parts.forEach((part, i) => data.set(part.data as Float32Array, i * part.data.length));
  return { dtype: "float32", shape: [parts.length, ...shape], data };
}
