import { parentPort } from "node:worker_threads";
import { ConfigError, KindredError, RuntimeFailure, type ErrorParts } from "../base/errors.js";
import { loadOrt } from "./load-ort.js";
import { ortHost, type OrtHost } from "./ort-session.js";
import { providersToTry } from "./providers.js";
import type { HostCode, Session } from "./runtime.js";
import { buffersIn } from "./worker-values.js";
import type { WorkerReply, WorkerRequest } from "./worker-protocol.js";

const port = parentPort;
if (!port) {
  throw new RuntimeFailure({
    where: "runtime",
    subject: "worker.js",
    expected: "started as a worker thread",
  });
}

const sessions = new Map<number, Session>();
let host: OrtHost | undefined;

port.on("message", (request: WorkerRequest) => void reply(request));

async function reply(request: WorkerRequest): Promise<void> {
  const { id } = request;
  try {
    const result = await answer(request);
    port!.postMessage({ id, ok: true, result } satisfies WorkerReply, buffersIn(result)); // the session keeps none of them
  } catch (cause) {
    const mistake = cause instanceof ConfigError;
    port!.postMessage({ id, ok: false, parts: partsOf(cause), mistake } satisfies WorkerReply, []);
  }
}

async function answer(request: WorkerRequest): Promise<unknown> {
  switch (request.call) {
    case "load": {
      const { choice, provider } = request.args;
      const { ort, kind, version, reason, providers } = await loadOrt(choice);
      providersToTry(provider, providers);
      host = ortHost(ort, kind, provider, providers);
      return { kind, version, reason, providers };
    }
    case "open": {
      const { session: id, model, options } = request.args;
      const session = await host!.open(model, options); // the link sends `load` first
      sessions.set(id, session);
      return { inputs: session.inputs, outputs: session.outputs };
    }
    case "run":
      return sessionOf(request.args.session).run(request.args.feeds, request.args.options);
    case "hold":
      return sessionOf(request.args.session).hold(request.args.values);
    case "held":
      return sessionOf(request.args.session).held(request.args.names, request.args.options);
    case "alternate": {
      const { session, second, plan, module } = request.args;
      const { start } = (await import(new URL(`../${module}`, import.meta.url).href)) as Pick<
        HostCode,
        "start"
      >; // a module of ours, by what HostCode asks of it
      return sessionOf(session).alternate(sessionOf(second), { ...plan, host: { module, start } });
    }
    case "close": {
      const session = sessions.get(request.args.session);
      sessions.delete(request.args.session);
      return session?.close();
    }
    case "rest":
      port!.postMessage({ id: request.id, ok: true, result: undefined } satisfies WorkerReply, []);
      return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    default:
      return request satisfies never;
  }
}

function sessionOf(id: number): Session {
  const session = sessions.get(id);
  if (session) return session;
  throw new RuntimeFailure({
    where: "runtime",
    subject: "the session",
    expected: "open",
    got: "a closed one",
  });
}

function partsOf(cause: unknown): ErrorParts {
  if (cause instanceof KindredError) return cause.parts;
  const message = cause instanceof Error ? cause.message : String(cause);
  return { where: "runtime", subject: "the worker", problem: `failed: ${message}` };
}
