import type { ModelSpec } from "../model/spec.js";
import type { TaskCoding } from "../tasks/task-kind.js";

const SETTLED_SHARE = 0.001; // of rows that may still change cluster when a clustering has settled (DEC's tolerance)
const SETTLED_EPOCHS = 3; // in a row, so that one quiet epoch does not end a clustering

/** What early stopping remembers of the epochs it saw. */
export interface StoppingState {
  readonly best?: { readonly epoch: number; readonly loss: number; readonly parameters: Float32Array };
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
 */
export class EarlyStopping {
  readonly #trivial: ReadonlyMap<string, number>;
  readonly #labelled: Readonly<Record<string, number>>;
  readonly #patience: number;
  /** First epoch that may be the best one. */
  readonly #from: number;
  /** Per clustering task its last assignment and how many epochs in a row were quiet. */
  readonly #clusterings = new Map<string, { readonly assignment: Int32Array; readonly quiet: number }>();
  #best: StoppingState["best"];
  #finished = false;

  constructor(
    spec: ModelSpec,
    options: { patience: number; from: number; labelled?: Readonly<Record<string, number>> },
  ) {
    this.#labelled = options.labelled ?? {};
    this.#trivial = new Map(
      spec.tasks.flatMap(({ name, coding }) =>
        coding.kind === "clustering" ? [] : [[name, trivialLoss(coding)]],
      ),
    );
    this.#patience = options.patience;
    this.#from = options.from;
  }

  /** Takes an epoch's validation losses and parameters into account. */
  see(epoch: number, losses: Readonly<Record<string, number>>, parameters: Float32Array): void {
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
    const relative = [...this.#trivial]
      .map(([name, trivial]) => ({ loss: losses[name]! / trivial, weight: this.#labelled[name] ?? 1 }))
      .filter((one) => !Number.isNaN(one.loss));
    if (relative.length === 0) {
      this.#best = { epoch, loss: Number.POSITIVE_INFINITY, parameters: parameters.slice() };
      return;
    }
    const most = Math.max(...relative.map(({ weight }) => weight)); // shares of the largest: all 1 where labels are complete
    const [sum, weights] = relative.reduce(
      ([total, counted], one) => [total + one.loss * (one.weight / most), counted + one.weight / most],
      [0, 0],
    );
    const loss = sum / weights;
    if (this.#best === undefined || loss < this.#best.loss)
      this.#best = { epoch, loss, parameters: parameters.slice() };
    this.#finished = epoch - Math.max(this.#best.epoch, this.#from) >= this.#patience;
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
      clusterings: [...this.#clusterings].map(([task, found]) => ({ task, ...found })),
    };
  }

  /** Goes on from what another one remembered in the middle of the same training. */
  restore({ best, clusterings }: StoppingState): void {
    this.#best = best;
    this.#clusterings.clear();
    for (const { task, ...found } of clusterings) this.#clusterings.set(task, found);
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** The best epoch so far, counted from 1, and its parameters. */
  get best(): { readonly epoch: number; readonly parameters: Float32Array } {
    if (!this.#best) throw new RangeError("no epoch has been seen");
    return this.#best;
  }
}

/** Loss of always predicting the training mean (1 for a standardised target) or the training class shares (their entropy). */
function trivialLoss(coding: Exclude<TaskCoding, { kind: "clustering" }>): number {
  if (coding.kind === "regression") return 1;
  const entropy = coding.priors.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
  return Math.max(entropy, 1e-3); // 1e-3: a class share of almost 1 must not make this task the only one that counts
}
