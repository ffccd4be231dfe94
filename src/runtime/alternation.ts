import type { Tensor } from "onnxruntime-common";
import type { TensorValue } from "../graph/tensor.js";
import type { Alternation, HostWork, RunOptions, Session, Values } from "./runtime.js";

/** A session that hands outputs to another one of the same thread without sending them anywhere. */
export interface GivingSession extends Session {
  /** As `run`; given outputs become held inputs of the other session, or of this one. */
  runAndGive(feeds: Values, options: RunOptions, gifts: Gifts): Promise<Values>;
}

/** Outputs that become held inputs of sessions, run after run. */
export interface Gifts {
  readonly all: readonly (readonly [output: string, to: GivingSession, input: string])[];
  /** What the last run gave by output, to be given back when the next one has replaced it. */
  readonly last: Map<string, Tensor>;
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
  const giftsOf = (all: Gifts["all"]): Gifts => ({ all, last: new Map() });
  const toSecond = giftsOf(Object.entries(given).map(([output, input]) => [output, second, input]));
  const onward = giftsOf(
    Object.entries(carried).flatMap(([output, input]) =>
      [first, second]
        .filter(({ inputs }) => inputs.includes(input))
        .map((to) => [output, to, input] as const),
    ),
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
