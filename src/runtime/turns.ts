import { nowMs } from "../base/clock.js";
import type { Runtime, Session } from "./runtime.js";

/**
 * The same runtime, with a turn for the event loop between runs: for runtimes that work in the thread that calls them, where
 * many short runs in a row would keep a page from drawing and from hearing its user.
 *
 * @param everyMs a run ends with a turn when the last one was longer ago, in milliseconds.
 */
export function withTurns(runtime: Runtime, everyMs: number): Runtime {
  let last = nowMs();
  const pause = async (): Promise<void> => {
    if (nowMs() - last < everyMs) return;
    await turn();
    last = nowMs();
  };
  return {
    kind: runtime.kind,
    version: runtime.version,
    reason: runtime.reason,
    workers: runtime.workers,
    open: async (model, { beside, ...options } = {}) => {
      const inner = beside && innerOf(beside.within ?? beside);
      const session = await runtime.open(model, inner ? { ...options, beside: inner } : options);
      await pause();
      return pausing(session, pause);
    },
    close: () => runtime.close(),
  };
}

const INNER = new WeakMap<Session, Session>();
const innerOf = (session: Session): Session => INNER.get(session) ?? session;

function pausing(inner: Session, pause: () => Promise<void>): Session {
  const session: Session = {
    inputs: inner.inputs,
    outputs: inner.outputs,
    run: async (feeds, options) => {
      const values = await inner.run(feeds, options); // at once: the caller may change what it fed
      await pause();
      return values;
    },
    hold: (values, options) => inner.hold(values, options),
    held: (names, options) => inner.held(names, options),
    alternate: async (second, plan) => {
      const values = await inner.alternate(innerOf(second), plan);
      await pause();
      return values;
    },
    close: () => inner.close(),
  };
  INNER.set(session, inner);
  return session;
}

/** The ports of a page, which the types of Node know by other methods. */
interface PagePort {
  addEventListener(type: "message", listener: () => void): void;
  start(): void;
  postMessage(message: undefined): void;
  close(): void;
}

/** A whole task of the event loop. Nested timers are held back by 4 ms in pages, messages are not. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel() as unknown as Record<"port1" | "port2", PagePort>;
    port1.addEventListener("message", () => {
      port1.close();
      resolve();
    });
    port1.start();
    port2.postMessage(undefined);
  });
}
