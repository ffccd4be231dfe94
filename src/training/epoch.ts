import { NumericError } from "../base/errors.js";
import type { Values } from "../runtime/runtime.js";
import { BALANCER_NORMALS, needsNormals, normalsOf } from "./balancer-inputs.js";
import { runInSlices } from "../runtime/slices.js";
import { type FitRun, POOL_SIZE } from "./fit-run.js";
import { FURTHER } from "./gradient-needs.js";
import type { FitHooks } from "./fitted.js";
import { LossMeter } from "./loss-meter.js";
import { firstBadStep, placeOf } from "./non-finite-step.js";
import { OPTIMIZERS } from "./optimizers/index.js";
import { warmupCosine } from "./schedule.js";
import { SHARING_STEP, noiseCount, sharingSteps } from "./sharing-inputs.js";
import type { Span } from "./spans.js";
import { stepRule } from "./step-loop.js";
import { floats } from "./training-data.js";

/** Where an epoch begins, and who hears of its slices. */
export interface EpochStart {
  /** Steps already done; default 0. */
  readonly step?: number;
  /** What those steps were measured by. */
  readonly meter?: LossMeter;
  /** Waited for after each slice and once more when training is `stopped` by the signal, with the number of steps done. */
  readonly afterSlice?: (step: number, meter: LossMeter, stopped: boolean) => Promise<void>;
}

/**
 * One epoch of steps, or the rest of one; returns the mean training loss per task.
 *
 * @throws {NumericError} if a loss is not finite any more; it names the layer and the step where that began.
 */
export async function trainEpoch(
  run: FitRun,
  epoch: number,
  hooks: FitHooks,
  { step = 0, meter = new LossMeter(run.taskNames), afterSlice }: EpochStart = {},
): Promise<Record<string, number>> {
  const { stepsPerEpoch: steps } = run;
  const draws = run.random.fork(`dropout ${epoch}`);
  const starts = BigInt64Array.from({ length: steps }, () => BigInt(draws.integer(POOL_SIZE)));
  const schedule = scheduleOf(run, epoch);
  const normals = needsNormals(run.graph.balancer)
    ? normalsOf(run.random.fork(`balancer ${epoch}`), steps * run.taskNames.length)
    : undefined;
  const noise = noiseCount(run.spec);
  const all = steps * (run.lastEpoch ?? run.options.epochs);
  const sharing =
    noise === undefined
      ? undefined
      : sharingSteps(
          noise,
          steps,
          (i) => ((epoch - 1) * steps + i) / all,
          run.random.fork(`sharing ${epoch}`),
        );
  let done = step;
  try {
    for await (const span of run.spans.epoch(epoch, step)) {
      await trainSpan(run, span, {
        epoch,
        hooks,
        meter,
        feeds: (from, count) =>
          feedsOf(run, { epoch, span, starts, schedule, normals, sharing }, from, count),
        afterSlice: async (step) => {
          done = step;
          await afterSlice?.(done, meter, false);
        },
      });
    }
  } catch (error) {
    if (hooks.signal?.aborted && error === hooks.signal.reason) await afterSlice?.(done, meter, true);
    throw error;
  }
  return meter.means();
}

/** What training one span of an epoch takes. */
interface SpanCourse {
  readonly epoch: number;
  readonly hooks: FitHooks;
  readonly meter: LossMeter;
  /** What is fed for so many steps of the epoch from one of the span's. */
  readonly feeds: (from: number, count: number) => Values;
  /** Told how many steps of the epoch are done. */
  readonly afterSlice: (done: number) => Promise<void>;
}

async function trainSpan(
  { session, runtime, graph, pace }: FitRun,
  span: Span,
  { epoch, hooks, meter, feeds, afterSlice }: SpanCourse,
): Promise<void> {
  await runInSlices({
    steps: span.steps,
    pace,
    ...(hooks.signal && { signal: hooks.signal }),
    ...(hooks.sliceMs !== undefined && { targetMs: hooks.sliceMs }),
    run: async (start, count) => {
      const values = await session.run(feeds(span.from + start, count), {
        outputs: graph.told,
        mark: start === 0, // what the span begins with is needed to look for a fault
        carry: Object.fromEntries(graph.carried.map((name) => [`${name}.next`, name])),
      });
      meter.add(values["losses"]!.data as Float32Array, values["present"]?.data as Float32Array | undefined);
    },
    onSlice: async ({ from, count }) => {
      hooks.onSlice?.(epoch, meter.means());
      await afterSlice(span.from + from + count);
    },
  });
  const bad = nonFinite(meter.means(), meter.counts());
  if (bad.length === 0) return;
  const { loop } = graph; // only a looped graph can be run again with a watch
  const before = loop && (await session.held(graph.carried, { marked: true }));
  const feed = feeds(span.from, span.steps);
  const found = before && (await firstBadStep({ graph: loop, session, runtime, before, feeds: feed }));
  throw new NumericError({
    where: `training, epoch ${epoch}`,
    subject: `the loss of ${bad.join(", ")}`,
    problem: `is not finite any more${placeOf(found, span.from)}`,
    fix: "Lower --learning-rate or set --clip to a smaller norm.",
  });
}

/** What every step of an epoch is fed: its batch, its scalars and where its dropout begins. */
interface EpochFeeds {
  readonly epoch: number;
  readonly span: Span;
  readonly starts: BigInt64Array;
  readonly schedule: Float32Array;
  /** Of a balancer that needs them `[steps, T]`. */
  readonly normals: Float32Array | undefined;
  /** Of an architecture that asks for noise `[steps, 1 + n]`. */
  readonly sharing: Float32Array | undefined;
}

function feedsOf(
  { options: { batch }, graph, stepsPerEpoch, taskNames: { length: tasks } }: FitRun,
  { epoch, span, starts, schedule, normals, sharing }: EpochFeeds,
  from: number,
  count: number,
): Values {
  const [first, last] = [from - span.from, from - span.from + count];
  const scalars = schedule.slice(from * graph.scalars, (from + count) * graph.scalars);
  const before = (epoch - 1) * stepsPerEpoch + from;
  return {
    ...(graph.loop
      ? { steps: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(count)) } }
      : { before: { dtype: "int64", shape: [], data: BigInt64Array.of(BigInt(before)) } }),
    batches: { dtype: "int32", shape: [count, batch], data: span.batches.slice(first * batch, last * batch) },
    ...(span.further && { [FURTHER]: furtherOf(span, batch, first, last) }),
    schedule: floats(scalars, [count, graph.scalars]),
    ...(graph.draw > 0 && {
      draws: { dtype: "int64" as const, shape: [count], data: starts.slice(from, from + count) },
    }),
    ...(sharing && { [SHARING_STEP]: perStep(sharing, stepsPerEpoch, from, count) }),
    ...(normals && {
      [BALANCER_NORMALS]: floats(normals.slice(from * tasks, (from + count) * tasks), [count, tasks]),
    }),
  };
}

/** The further batches of some steps of a span `[S, n, B]`. */
function furtherOf({ further, steps }: Span, batch: number, first: number, last: number): Values[string] {
  const size = further!.length / steps; // asked for where there are any
  const data = further!.slice(first * size, last * size);
  return { dtype: "int32", shape: [last - first, size / batch, batch], data };
}

/** The part of a table with a row per step of the epoch that belongs to some of them. */
function perStep(table: Float32Array, steps: number, from: number, count: number): Values[string] {
  const width = table.length / steps;
  return floats(table.slice(from * width, (from + count) * width), [count, width]);
}

const COOLDOWN = 0.2; // share of a training of known length in which the rate falls to 0, so that it ends on no chance step

function scheduleOf({ stepsPerEpoch, options, graph, lastEpoch }: FitRun, epoch: number): Float32Array {
  const steps = stepsPerEpoch * options.epochs;
  const end = (lastEpoch ?? Number.POSITIVE_INFINITY) * stepsPerEpoch;
  const rule = stepRule({ ...options, optimizer: OPTIMIZERS[options.optimizer] });
  const out = new Float32Array(stepsPerEpoch * graph.scalars);
  for (let i = 0; i < stepsPerEpoch; i++) {
    const step = (epoch - 1) * stepsPerEpoch + i;
    const rate = warmupCosine(step, { peak: options.learningRate, steps, warmup: options.warmup });
    const cooling = Number.isFinite(end) ? Math.min(1, (end - step) / (COOLDOWN * end)) : 1;
    out.set(rule.scalars(step + 1, rate * cooling), i * graph.scalars);
  }
  return out;
}

/** Names of the tasks that had labels and whose mean loss is not finite. */
function nonFinite(
  means: Readonly<Record<string, number>>,
  counts: Readonly<Record<string, number>>,
): string[] {
  return Object.keys(means).filter((name) => counts[name]! > 0 && !Number.isFinite(means[name]!));
}
