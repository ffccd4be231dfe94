import { EXIT } from "./failure.js";
import { note } from "./screen.js";

/** Ctrl-C while a long command works: the first asks it to stop between two slices, the second exits at once. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Takes the handler away again. */
  dispose(): void;
}

/** Listens for Ctrl-C until disposed. */
export function onInterrupt(): Interrupt {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    note("\nStopping. Press Ctrl-C again to stop at once.");
    controller.abort();
  };
  process.on("SIGINT", stop);
  return { signal: controller.signal, dispose: () => process.off("SIGINT", stop) };
}

/** Thrown by a command that stopped because it was asked to. */
export class Interrupted extends Error {
  /** The command that goes on with what was kept, if anything was. */
  readonly goOn: string | undefined;

  constructor(goOn: string | undefined, options?: { cause?: unknown }) {
    super("stopped", options);
    this.goOn = goOn;
  }
}
