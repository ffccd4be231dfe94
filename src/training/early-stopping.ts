import type { ModelSpec } from "../model/spec.js";
import { groupOrder, taskGroups } from "../model/groups.js";
import type { TaskCoding } from "../tasks/task-kind.js";
import type { Monitor, Snapshot, Stopping } from "./fitted.js";
import { clearlyLower } from "./row-losses.js";
import { keptEpochs } from "./snapshots.js";

const SETTLED_SHARE = 0.001; // of rows that may still change cluster when a clustering has settled (DEC's tolerance)
const SETTLED_EPOCHS = 3; // in a row, so that one quiet epoch does not end a clustering
const HOPELESS_SHARE = 0.5; // of the patience, in a row, so that bad epochs of a task do not end what others still learn

/** An epoch with the loss and the parameters that it left. */
export interface BestEpoch {
  readonly epoch: number;
  readonly loss: number;
  readonly parameters: Float32Array;
  /** The losses of the validation rows `[R, T]`, tasks in the order of their groups; where tasks keep epochs of their own. */
  readonly rows?: Float32Array;
}

/** The lowest loss that a task has had, and in which epoch first. */
export type LowestLoss = Pick<BestEpoch, "epoch" | "loss">;

/** What early stopping remembers of the epochs it saw. */
export interface StoppingState {
  readonly best?: BestEpoch;
  /** By task its own best epoch, where tasks keep their own; the arrays of one epoch are the same ones. */
  readonly own: ReadonlyMap<string, BestEpoch>;
  /** By task its lowest loss, where each is waited for. */
  readonly lowest: ReadonlyMap<string, LowestLoss>;
  /** How many epochs in a row tasks that still get better could not win the mean back. */
  readonly hopeless: number;
  /** Per clustering task its last assignment of the training rows and how many epochs in a row were quiet. */
  readonly clusterings: readonly {
    readonly task: string;
    readonly assignment: Int32Array;
    readonly quiet: number;
  }[];
}

/**
 * Keeps the best parameters by validation loss and says when to stop.
 *
 * The criterion is the mean over supervised tasks of validation loss over the loss of a model that knows only the training
 * labels' mean or class shares, so that no task's scale decides; each task weighs as much as it has labelled validation rows,
 * since a loss over four rows says little. Where there is nothing to validate the last epoch is the
 * best one: without any validation label training goes on to the end, and where every task finds its own targets it stops
 * when hardly any row changes its cluster.
 *
 * Training stops when for `patience` epochs the criterion has not got better. Where each task is monitored it goes on while a task's own
 * loss still gets better and may win the mean back from those that already spoil it: until, for half the patience in a row, the
 * criterion would not be lower than it ever was even without any loss in such tasks, the others being as they are.
 *
 * With `per-task` a supervised task keeps its own best epoch where it is clearly better there than in the best one on
 * average (see `clearlyLower`), and the best one on average otherwise; training then goes on while any loss gets better. Of each
 * distinct best epoch the parameters and the row losses are held: at most P + R·T floats a task.
 */
export class EarlyStopping {
  readonly #tasks: readonly string[];
  readonly #trivial: ReadonlyMap<string, number>;
  readonly #labelled: Readonly<Record<string, number>>;
  readonly #patience: number;
  readonly #stopping: Stopping;
  readonly #monitor: Monitor;
  /** Per task its column in row losses. */
  readonly #columns: ReadonlyMap<string, number>;
  /** First epoch that may be the best one. */
  readonly #from: number;
  /** Per clustering task its last assignment and how many epochs in a row were quiet. */
  readonly #clusterings = new Map<string, { readonly assignment: Int32Array; readonly quiet: number }>();
  readonly #own = new Map<string, BestEpoch>();
  readonly #lowest = new Map<string, LowestLoss>();
  #best: BestEpoch | undefined;
  #hopeless = 0;
  #finished = false;

  constructor(
    spec: ModelSpec,
    options: {
      readonly patience: number;
      readonly from: number;
      readonly stopping?: Stopping;
      readonly monitor?: Monitor;
      readonly labelled?: Readonly<Record<string, number>>;
    },
  ) {
    this.#tasks = spec.tasks.map(({ name }) => name);
    this.#labelled = options.labelled ?? {};
    this.#trivial = new Map(
      spec.tasks.flatMap(({ name, coding }) =>
        coding.kind === "clustering" ? [] : [[name, trivialLoss(coding)]],
      ),
    );
    this.#patience = options.patience;
    this.#stopping = options.stopping ?? "together";
    this.#monitor = options.monitor ?? (this.#stopping === "per-task" ? "each" : "mean");
    this.#columns = new Map(groupOrder(taskGroups(spec)).map((t, column) => [spec.tasks[t]!.name, column]));
    this.#from = options.from;
  }

  /**
   * Takes an epoch's validation losses and parameters into account.
   *
   * @param rows the losses of the validation rows `[R, T]`, tasks in the order of their groups and NaN where a row has no
   * label; read with `per-task` alone, and not written to afterwards.
   */
  see(
    epoch: number,
    losses: Readonly<Record<string, number>>,
    parameters: Float32Array,
    rows?: Float32Array,
  ): void {
    if (epoch < this.#from && this.#from > 1) {
      this.#best ??= { epoch, loss: Number.POSITIVE_INFINITY, parameters: parameters.slice() };
      return;
    }
    if (this.#trivial.size === 0) {
      this.#best = { epoch, loss: 0, parameters: parameters.slice() };
      const followed = [...this.#clusterings.values()];
      this.#finished = followed.length > 0 && followed.every(({ quiet }) => quiet >= SETTLED_EPOCHS);
      return;
    }
    const relative = this.#relative(losses);
    if (relative.length === 0) {
      this.#best = { epoch, loss: Number.POSITIVE_INFINITY, parameters: parameters.slice() };
      return;
    }
    let copy: Float32Array | undefined;
    const better = (best: BestEpoch | undefined, loss: number): BestEpoch =>
      best && !(loss < best.loss)
        ? best
        : { epoch, loss, parameters: (copy ??= parameters.slice()), ...(rows && { rows }) };
    this.#best = better(this.#best, weightedMean(relative));
    if (this.#stopping === "per-task")
      for (const { task, loss } of relative) this.#own.set(task, better(this.#own.get(task), loss));
    if (this.#monitor === "each")
      for (const { task, loss } of relative)
        if (loss < (this.#lowest.get(task)?.loss ?? Number.POSITIVE_INFINITY))
          this.#lowest.set(task, { epoch, loss });
    this.#hopeless = this.#hopeful(relative, epoch) ? 0 : this.#hopeless + 1;
    const learning = relative.some(({ task }) => this.#learns(task, epoch));
    const givenUp = this.#hopeless >= HOPELESS_SHARE * this.#patience;
    this.#finished = this.#stale(this.#best, epoch) && (!learning || givenUp);
  }

  /** Whether a lowest loss was not bettered for `patience` epochs. */
  #stale(lowest: LowestLoss, epoch: number): boolean {
    return epoch - Math.max(lowest.epoch, this.#from) >= this.#patience;
  }

  /** Whether a task's own loss is waited for, and has got better lately. */
  #learns(task: string, epoch: number): boolean {
    const lowest = this.#lowest.get(task);
    return lowest !== undefined && !this.#stale(lowest, epoch);
  }

  /** Whether tasks that still get better may lower the criterion; where each keeps its own epoch, they need not. */
  #hopeful(relative: readonly RelativeLoss[], epoch: number): boolean {
    const atBest = relative.map((one) => (this.#learns(one.task, epoch) ? { ...one, loss: 0 } : one));
    return this.#stopping === "per-task" || weightedMean(atBest) < this.#best!.loss; // of an epoch that was seen
  }

  /** Losses relative to trivial ones, with the tasks' weights; of tasks that have any validation labels. */
  #relative(losses: Readonly<Record<string, number>>): RelativeLoss[] {
    return [...this.#trivial]
      .map(([task, trivial]) => ({ task, loss: losses[task]! / trivial, weight: this.#labelled[task] ?? 1 }))
      .filter((one) => !Number.isNaN(one.loss));
  }

  /** The epoch that a task keeps as things stand. */
  #keptBy(task: string): Omit<BestEpoch, "loss"> {
    const [{ best }, own] = [this, this.#own.get(task)];
    if (!own?.rows || !best.rows || own.epoch === best.epoch) return best;
    const epochs = { lower: own.rows, than: best.rows, tasks: this.#columns.size };
    return clearlyLower(epochs, this.#columns.get(task)!) ? own : best;
  }

  /** Takes a clustering's assignment of the training rows after an epoch. */
  assigned(task: string, assignment: Int32Array): void {
    const before = this.#clusterings.get(task);
    const changed = assignment.reduce(
      (count, cluster, i) => count + (cluster === before?.assignment[i] ? 0 : 1),
      0,
    );
    const quiet = before && changed <= SETTLED_SHARE * assignment.length ? before.quiet + 1 : 0;
    this.#clusterings.set(task, { assignment, quiet });
  }

  /** What is remembered, while training is not finished; it shares its arrays, which are never written to again. */
  get state(): StoppingState {
    return {
      ...(this.#best && { best: this.#best }),
      own: new Map(this.#own),
      lowest: new Map(this.#lowest),
      hopeless: this.#hopeless,
      clusterings: [...this.#clusterings].map(([task, found]) => ({ task, ...found })),
    };
  }

  /** Goes on from what another one remembered in the middle of the same training. */
  restore({ best, own, lowest, hopeless, clusterings }: StoppingState): void {
    this.#best = best;
    this.#hopeless = hopeless;
    this.#own.clear();
    for (const [task, found] of own) this.#own.set(task, found);
    this.#lowest.clear();
    for (const [task, found] of lowest) this.#lowest.set(task, found);
    this.#clusterings.clear();
    for (const { task, ...found } of clusterings) this.#clusterings.set(task, found);
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** The best epoch on average so far, counted from 1, and its parameters. */
  get best(): Omit<BestEpoch, "loss"> {
    if (!this.#best) throw new RangeError("no epoch has been seen");
    return this.#best;
  }

  /** What the tasks keep, that of the most tasks first. */
  get kept(): Snapshot[] {
    const of = new Map(this.#tasks.map((task) => [task, this.#keptBy(task)] as const));
    const parameters = new Map([...of.values()].map((kept) => [kept.epoch, kept.parameters]));
    const epochs = keptEpochs(new Map([...of].map(([task, { epoch }]) => [task, epoch])));
    return epochs.map((kept) => ({ ...kept, parameters: parameters.get(kept.epoch)! }));
  }
}

interface RelativeLoss {
  readonly task: string;
  readonly loss: number;
  readonly weight: number;
}

function weightedMean(all: readonly RelativeLoss[]): number {
  const most = Math.max(...all.map(({ weight }) => weight)); // shares of the largest: all 1 where labels are complete
  const [sum, weights] = all.reduce(
    ([total, counted], one) => [total + one.loss * (one.weight / most), counted + one.weight / most],
    [0, 0],
  );
  return sum / weights;
}

/** Loss of always predicting the training mean (1 for a standardised target) or the training class shares (their entropy). */
function trivialLoss(coding: Exclude<TaskCoding, { kind: "clustering" }>): number {
  if (coding.kind === "regression") return 1;
  const entropy = coding.priors.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  return Math.max(entropy, 1e-3); // 1e-3: a class share of almost 1 must not make this task the only one that counts
}
