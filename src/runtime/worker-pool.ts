import { RuntimeFailure } from "../base/errors.js";
import type { ProviderChoice } from "./providers.js";
import type {
  Alternation,
  HeldOptions,
  HoldOptions,
  RunOptions,
  Runtime,
  Session,
  SessionOptions,
  Values,
} from "./runtime.js";
import { buffersIn } from "./worker-values.js";
import { WorkerLink } from "./worker-link.js";
import type { LoadedFacts, SessionFacts } from "./worker-protocol.js";

/** A worker's place in the pool: taken at once, although the thread takes a moment to start. */
interface Seat {
  readonly starting: Promise<WorkerLink>;
  link?: WorkerLink;
  /** Open sessions, those being opened included. */
  sessions: number;
}

/** A runtime over worker threads. They start when a session finds the others taken; dead ones are replaced. */
export class WorkerPool implements Runtime {
  readonly kind: "native" | "wasm";
  readonly version: string;
  readonly reason: string;
  readonly workers: number;
  private readonly provider: ProviderChoice;
  private seats: Seat[];
  private lastSession = 0;
  private closing: Promise<void> | undefined;

  /** Takes over a first worker that has loaded its runtime. */
  constructor(
    workers: number,
    first: WorkerLink,
    { kind, version, reason }: LoadedFacts,
    provider: ProviderChoice = "cpu",
  ) {
    this.kind = kind;
    this.version = version;
    this.reason = reason;
    this.workers = workers;
    this.provider = provider;
    this.seats = [{ starting: Promise.resolve(first), link: first, sessions: 0 }];
  }

  /** @throws {RuntimeFailure} if ONNX Runtime refuses the model, or the runtime is closed. */
  async open(model: Uint8Array, options: SessionOptions = {}): Promise<Session> {
    this.checkOpen();
    const { beside, ...sent } = options;
    const seat = this.seatOf(beside) ?? this.leastLoaded();
    seat.sessions += 1;
    try {
      const link = await seat.starting;
      const session = ++this.lastSession;
      const facts = await link.call("open", { session, model, options: sent });
      return new RemoteSession(link, session, facts, () => (seat.sessions -= 1));
    } catch (cause) {
      seat.sessions -= 1;
      throw cause;
    }
  }

  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private async closeAll(): Promise<void> {
    const started = await Promise.allSettled(this.seats.map((seat) => seat.starting));
    await Promise.all(started.map((one) => (one.status === "fulfilled" ? one.value.close() : undefined)));
  }

  private seatOf(beside: Session | undefined): Seat | undefined {
    const session = beside?.within ?? beside;
    return this.seats.find(
      ({ link }) => link?.alive && session instanceof RemoteSession && session.livesIn(link),
    );
  }

  private leastLoaded(): Seat {
    this.seats = this.seats.filter(({ link }) => link?.alive ?? true);
    const seat = this.seats.reduce<Seat | undefined>(
      (best, seat) => (best && best.sessions <= seat.sessions ? best : seat),
      undefined,
    );
    const taken = seat === undefined || seat.sessions > 0;
    return taken && this.seats.length < this.workers ? this.addSeat() : seat!; // a full pool has a seat
  }

  private addSeat(): Seat {
    const seat: Seat = { starting: this.startWorker().then((link) => (seat.link = link)), sessions: 0 };
    seat.starting.catch(() => (this.seats = this.seats.filter((other) => other !== seat)));
    this.seats.push(seat);
    return seat;
  }

  private async startWorker(): Promise<WorkerLink> {
    return (await WorkerLink.start(this.kind, this.provider)).link;
  }

  private checkOpen(): void {
    if (!this.closing) return;
    const got = "a closed one";
    throw new RuntimeFailure({ where: "runtime", subject: "the runtime", expected: "open", got });
  }
}

/** A session that lives in a worker. */
class RemoteSession implements Session {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  private readonly link: WorkerLink;
  private readonly session: number;
  private readonly onClose: () => void;
  private closing: Promise<void> | undefined;

  constructor(link: WorkerLink, session: number, { inputs, outputs }: SessionFacts, onClose: () => void) {
    this.link = link;
    this.session = session;
    this.inputs = inputs;
    this.outputs = outputs;
    this.onClose = onClose;
  }

  /** True if the session lives in this worker. */
  livesIn(link: WorkerLink): boolean {
    return this.link === link;
  }

  run(feeds: Values, options: RunOptions = {}): Promise<Values> {
    return this.link.call("run", { session: this.session, feeds, options });
  }

  hold(values: Values, { owned = false }: HoldOptions = {}): Promise<void> {
    return this.link.call("hold", { session: this.session, values }, owned ? buffersIn(values) : []);
  }

  held(names: readonly string[], options: HeldOptions = {}): Promise<Values> {
    return this.link.call("held", { session: this.session, names, options });
  }

  async alternate<Setup>(second: Session, { host, ...plan }: Alternation<Setup>): Promise<Values> {
    const { link, session } = this;
    if (second instanceof RemoteSession && second.livesIn(link))
      return link.call("alternate", { session, second: second.session, plan, module: host.module });
    const [subject, expected] = ["the second session", "in the worker of the first"];
    throw new RuntimeFailure({ where: "runtime", subject, expected, got: "one of another worker" });
  }

  close(): Promise<void> {
    this.closing ??= this.release();
    return this.closing;
  }

  private async release(): Promise<void> {
    this.onClose();
    if (!this.link.alive) return;
    try {
      await this.link.call("close", { session: this.session });
    } catch (cause) {
      if (this.link.alive) throw cause; // else the session went with its worker
    }
  }
}
