import type { Random } from "../base/random.js";
import type { Session, Values } from "../runtime/runtime.js";
import type { ModelSpec } from "../model/spec.js";
import type { RowSequence, StreamedRows } from "./streamed-rows.js";
import { systematicOrder } from "./sampling.js";
import { floats, labelTables } from "./training-data.js";

/** Steps whose rows a session holds at the same time. */
export interface Span {
  /** First step of the span in its epoch. */
  readonly from: number;
  readonly steps: number;
  /** Numbers of rows among those held, `[steps, B]`. */
  readonly batches: Int32Array;
  /** The same of further batches, where a step draws any: `[steps, n, B]`. */
  readonly further?: Int32Array;
}

/** Where the steps of epochs get their rows from. */
export interface Spans {
  /**
   * The spans of an epoch from `step` on, one after another; a span's rows are held by the session when it comes, until the
   * next is asked for.
   */
  epoch(epoch: number, step: number): AsyncIterable<Span>;
  close(): Promise<void>;
}

const SPAN_FLOATS = 2 ** 22; // of encoded rows: 16 MB

/** How a training asks for streamed rows. */
export interface StreamedSpansOptions {
  readonly spec: ModelSpec;
  readonly streamed: StreamedRows;
  /** The training session. */
  readonly session: Session;
  readonly stepsPerEpoch: number;
  /** Rows in a batch. */
  readonly batch: number;
}

/**
 * Spans of a streamed table: the rows of the endless sequence in its order. While a span is trained on, the next one is read and
 * encoded, also across epochs.
 */
export function streamedSpans(options: StreamedSpansOptions): Spans {
  const { spec, streamed, session, stepsPerEpoch, batch } = options;
  const most = Math.max(1, Math.floor(SPAN_FLOATS / (spec.inputs * batch)));
  const stepsFrom = (step: number): number => Math.min(most, stepsPerEpoch - step);
  let sequence: RowSequence | undefined;
  let coming: { readonly epoch: number; readonly step: number; readonly values: Promise<Values> } | undefined;

  const begin = (rows: RowSequence, epoch: number, step: number): NonNullable<typeof coming> => {
    const values = rows.take(stepsFrom(step) * batch).then((taken): Values => {
      const { targets, targetWidth, mask } = labelTables(spec, taken);
      return {
        encoded: floats(taken.encoded, [taken.rows, spec.inputs]),
        targets: floats(targets, [taken.rows, targetWidth]),
        mask: floats(mask, [taken.rows, spec.tasks.length]),
      };
    });
    values.catch(() => {}); // told when the span is asked for
    return { epoch, step, values };
  };
  return {
    async *epoch(epoch, first) {
      for (let step = first; step < stepsPerEpoch;) {
        if (coming?.epoch !== epoch || coming.step !== step) {
          await sequence?.close();
          sequence = await streamed.open(((epoch - 1) * stepsPerEpoch + step) * batch, session);
          coming = begin(sequence, epoch, step);
        }
        const steps = stepsFrom(step);
        await session.hold(await coming.values);
        const next = step + steps;
        coming = next < stepsPerEpoch ? begin(sequence!, epoch, next) : begin(sequence!, epoch + 1, 0);
        yield { from: step, steps, batches: Int32Array.from({ length: steps * batch }, (_, row) => row) };
        step = next;
      }
    },
    async close() {
      await coming?.values.catch(() => {});
      await sequence?.close();
    },
  };
}

/** How the rows of a table in memory are dealt into batches. */
export interface HeldSpansOptions {
  /** Training rows. */
  readonly train: Int32Array;
  /** Probability of each training row to be drawn; undefined where every row is drawn once an epoch. */
  readonly probabilities: Float64Array | undefined;
  readonly random: Random;
  /** Batches that a step draws beside its own, each from a stream of its own. */
  readonly further: number;
  readonly stepsPerEpoch: number;
  /** Rows in a batch. */
  readonly batch: number;
}

/** The one span of an epoch whose table the session holds anyway. */
export function heldSpans(options: HeldSpansOptions): Spans {
  const { random, stepsPerEpoch, batch, further } = options;
  const orderOf = (stream: string): Int32Array =>
    epochOrder(options, stepsPerEpoch * batch, random.fork(stream));
  return {
    async *epoch(epoch, step) {
      const order = orderOf(`epoch ${epoch}`);
      const others = Array.from({ length: further }, (_, i) => orderOf(`epoch ${epoch} further ${i + 1}`));
      yield {
        from: step,
        steps: stepsPerEpoch - step,
        batches: order.subarray(step * batch),
        ...(further > 0 && { further: sideBySide(others, batch).subarray(step * further * batch) }),
      };
    },
    close: async () => {},
  };
}

/** n orders of S batches as batches next to each other: `[S, n, B]`. */
function sideBySide(orders: readonly Int32Array[], batch: number): Int32Array {
  const found = new Int32Array(orders.length * orders[0]!.length);
  orders.forEach((order, i) => {
    for (let from = 0; from < order.length; from += batch)
      found.set(order.subarray(from, from + batch), from * orders.length + i * batch);
  });
  return found;
}

/**
 * Shuffled training rows, the last batch filled up from the start of the order; or rows drawn by their probabilities, where
 * they have any.
 */
function epochOrder({ train, probabilities }: HeldSpansOptions, length: number, random: Random): Int32Array {
  if (probabilities) return systematicOrder(train, probabilities, length, random);
  const shuffled = random.shuffle(train.slice());
  const order = new Int32Array(length);
  for (let i = 0; i < length; i += shuffled.length) order.set(shuffled.subarray(0, length - i), i);
  return order;
}
