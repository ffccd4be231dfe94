import type * as fc from "fast-check";
import { KindredError } from "../../src/base/errors.js";

/** What became of an input: it was read as what it says, or refused in one line. */
export type Outcome = "read" | "refused";

/** One reader under test: what it is given and what must hold. */
export interface FuzzTarget<T = unknown> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<T>;
  /**
   * Reads one input.
   *
   * @throws {Error} for anything but a right reading or a refusal in one line.
   */
  run(input: T): Promise<Outcome>;
  /** The input as it is kept in a file when it fails. */
  save(input: T): Uint8Array | string;
}

/** Makes targets that need something of their own: a folder, a trained model. */
export type TargetMaker = (folder: string) => Promise<FuzzTarget>;

/** A refusal that people cannot use, a wrong reading. */
export class Wrong extends Error {}

const LONGEST = 1500; // characters of a message that still is one line of words
const TRACE = /\n|\bat (?:file|node):|node_modules|\[object |undefined|INTERNAL/;

/**
 * Runs a reader and checks how it ends; `check` sees what was read.
 *
 * @throws {Wrong} for a message that is no sentence on one line; what was thrown, if it is no mistake of a user's.
 */
export async function outcomeOf<T>(
  read: () => T | Promise<T>,
  check: (value: T) => void | Promise<void> = () => {},
): Promise<Outcome> {
  let value: T;
  try {
    value = await read();
  } catch (error) {
    refusal(error);
    return "refused";
  }
  await check(value);
  return "read";
}

/** The message of a refusal, after a look at its form. */
export function refusal(error: unknown): string {
  if (!(error instanceof KindredError) || error.exitCode !== 2) throw error;
  const { message } = error;
  if (message.length > LONGEST)
    throw new Wrong(`a message of ${message.length} characters: ${message.slice(0, 300)}`);
  const trace = TRACE.exec(withoutQuotes(message));
  if (trace) throw new Wrong(`a message that holds ${JSON.stringify(trace[0])}: ${message}`);
  if (/\n|\r/.test(message)) throw new Wrong(`a message of several lines: ${message}`);
  if (!/[.?]$/.test(message)) throw new Wrong(`a message without an end: ${message}`);
  return message;
}

/** What the user wrote may be anything: only our own words are looked at. */
const withoutQuotes = (message: string): string => message.replaceAll(/".*"/gs, '""');

/** Fails unless `fact` holds. */
export function holds(fact: boolean, otherwise: () => string): void {
  if (!fact) throw new Wrong(otherwise());
}
