import * as fc from "fast-check";
import type { FuzzTarget, Outcome } from "./target.js";

const BATCH = 250; // inputs between two looks at the clock, and what is skipped after a failure
const HANG_MS = 5000; // processor time of one input that counts as a hang

/** A failing input, as small as it could be made. */
export interface Finding {
  readonly target: string;
  /** Seed of fast-check's run that found it. */
  readonly seed: number;
  readonly message: string;
  readonly input: Uint8Array | string;
}

/** What a target made of its inputs. */
export interface Tally {
  readonly target: string;
  inputs: number;
  read: number;
  refused: number;
  /** Processor time of this process, in milliseconds. */
  ms: number;
  /** Longest processor time of one input, in milliseconds. */
  slowestMs: number;
  readonly findings: Finding[];
}

/** Hooks of a driver that watches from outside. */
export interface DriveHooks {
  /** Before each batch: its seed, by which it can be run again. */
  readonly onBatch?: (seed: number, size: number) => void;
  /** Before each input, where each is to be told. */
  readonly onInput?: (input: Uint8Array | string) => void;
  /** Stop after this many findings. */
  readonly most?: number;
}

/**
 * Feeds a target with `count` inputs in batches, batch `b` with seed `seed + b`; a failing one is made as small as
 * fast-check can make it, and the rest of its batch is skipped.
 */
export async function drive(
  target: FuzzTarget,
  { seed, count }: { readonly seed: number; readonly count: number },
  { onBatch, onInput, most = 20 }: DriveHooks = {},
): Promise<Tally> {
  const tally: Tally = {
    target: target.name,
    inputs: 0,
    read: 0,
    refused: 0,
    ms: 0,
    slowestMs: 0,
    findings: [],
  };
  const one = async (input: unknown): Promise<void> => {
    onInput?.(target.save(input as never));
    const began = cpuMs();
    const outcome: Outcome = await target.run(input as never);
    const took = cpuMs() - began;
    tally.slowestMs = Math.max(tally.slowestMs, took);
    if (took > HANG_MS) throw new Error(`took ${Math.round(took)} ms`);
    tally[outcome] += 1;
  };
  const property = fc.asyncProperty(target.inputs as fc.Arbitrary<unknown>, one);
  const began = cpuMs();
  for (let batch = 0; tally.inputs < count && tally.findings.length < most; batch++) {
    const size = Math.min(BATCH, count - tally.inputs);
    onBatch?.(seed + batch, size);
    const found = await fc.check(property, {
      seed: seed + batch,
      numRuns: size,
      markInterruptAsFailure: false,
      interruptAfterTimeLimit: 600_000,
    });
    tally.inputs += found.numRuns;
    if (found.counterexample === null) continue;
    const [input] = found.counterexample;
    const cause = found.errorInstance;
    tally.findings.push({
      target: target.name,
      seed: found.seed,
      message: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
      input: target.save(input as never),
    });
  }
  tally.ms = cpuMs() - began;
  return tally;
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** Inputs per second of processor time. */
export const rateOf = ({ inputs, ms }: Tally): number => (inputs * 1000) / Math.max(1, ms);
