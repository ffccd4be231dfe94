import { NumericError } from "../base/errors.js";
import { sideBySide } from "../base/side-by-side.js";
import type { SharingSlug } from "../model/sharing/index.js";
import type { Runtime } from "../runtime/runtime.js";
import { fit } from "../training/fit.js";
import type { Fitted } from "../training/fitted.js";
import { keptLosses } from "../training/snapshots.js";
import { sharedBudget, trainRowsOf } from "./budget-of.js";
import { type SettledOptions, fitOptionsOf, specOf, withPlainest } from "./fit-plan.js";
import type { StudyOptions } from "./options.js";
import type { PreparedTask } from "./plan.js";
import type { PreparedStudy } from "./prepare.js";

/** A setting that was `auto`, what it became and why. */
export interface MethodChoice {
  readonly setting: "numbers" | "sharing" | "balance";
  readonly chosen: string;
  /** One sentence for people. */
  readonly reason: string;
  /** Mean change of the tasks' validation losses against the first candidate, a factor; absent where nothing was tried. */
  readonly tried?: Readonly<Record<string, number>>;
}

/** A study whose methods are all named. */
export interface ChosenMethods {
  readonly options: SettledOptions;
  readonly choices: readonly MethodChoice[];
  /** The training with these options, without a second one; absent where no choice needed it. */
  readonly fitted?: Fitted;
}

/** Ways of sharing that are tried, the plainest first. */
export const TRIED_SHARING: readonly SharingSlug[] = ["hard", "rank-1", "mmoe", "cross-stitch"];

const WORTH = 0.99; // another method is taken where it brings validation losses below this share of the plainest one's
const FREE_OF_NOISE = 0.05; // median validation loss of standardised targets below which there is hardly any noise
const MOST_ROWS = 100_000; // beyond, trying methods takes longer than it is worth
const MOST_TASKS = 32; // beyond, a way of sharing with features of each task's own costs many times the plain one

/** What a choice is made with. */
export interface Trial {
  readonly planned: readonly PreparedTask[];
  readonly prepared: PreparedStudy;
  readonly runtime: Runtime;
  readonly signal?: AbortSignal;
  /** Told before something is trained. */
  readonly onTrial?: (text: string) => void;
}

/**
 * Settles `sharing: auto` and `balance: auto`, in this order.
 *
 * Sharing: each of `TRIED_SHARING` is trained under the study's balance, or equal weights. Balance: equal weights, unless all targets
 * are numbers; then these are trained once, and where the median of the validation losses that they reach says that there is hardly
 * any noise, the sum of logarithms without dropout too. Trainings are on training rows as the study would, and are judged by the losses of the epoch
 * they stop at on validation rows: the geometric mean over supervised tasks of the loss over that of the plainest candidate, which
 * stays unless another is at least 1 % lower. Test rows are not looked at.
 */
export async function chooseMethods(options: StudyOptions, trial: Trial): Promise<ChosenMethods> {
  const choices: MethodChoice[] = [];
  let settled: Settled = { options: withPlainest(options) };
  if (options.sharing.architecture === "auto") {
    const { choice, ...found } = await chosenSharing(settled, trial);
    settled = found;
    choices.push(choice);
  }
  if (options.balance === "auto") {
    const { choice, ...found } = await chosenBalance(settled, options, trial);
    settled = found;
    choices.push(choice);
  }
  return { ...settled, choices };
}

/** Options with the training that was made with them, if any. */
type Settled = Pick<ChosenMethods, "options" | "fitted">;

interface Found extends Settled {
  readonly choice: MethodChoice;
}

async function chosenSharing(settled: Settled, trial: Trial): Promise<Found> {
  const { options } = settled;
  const plain = plainBecause(trial.prepared);
  if (plain !== undefined) {
    const chosen = options.sharing.architecture;
    return { ...settled, choice: { setting: "sharing", chosen, reason: plain } };
  }
  trial.onTrial?.(`Trying ways of sharing on validation rows: ${TRIED_SHARING.join(", ")}.`);
  const candidates = TRIED_SHARING.map((architecture) => ({
    ...options,
    sharing: { ...options.sharing, architecture },
  }));
  const fits = await sideBySide(candidates, trial.runtime.workers, (one) => triedFit(one, trial));
  const { at, ...choice } = judged("sharing", TRIED_SHARING, fits.map(supervisedLosses));
  return { ...settledWith(candidates[at]!, fits[at]), choice };
}

const settledWith = (options: SettledOptions, fitted: Fitted | undefined): Settled => ({
  options,
  ...(fitted && { fitted }),
});

async function chosenBalance(settled: Settled, { budget }: StudyOptions, trial: Trial): Promise<Found> {
  const { options } = settled;
  const { tasks } = trial.prepared;
  let base = settled.fitted;
  const equal = (reason: string, tried?: MethodChoice["tried"]): Found => ({
    ...settledWith(options, base),
    choice: { setting: "balance", chosen: "equal", reason, ...(tried && { tried }) },
  });
  const plain = plainBecause(trial.prepared);
  if (plain !== undefined) return equal(plain);
  if (!tasks.every(({ coding }) => coding.kind === "regression"))
    return equal("losses of classes and of standardised numbers are on one scale");
  if (!base) {
    trial.onTrial?.("Trying equal weights on validation rows, to see how much noise the targets have.");
    base = await triedFit(options, trial);
  }
  if (!base) return equal("training with it diverges, as it would with others");
  const noise = medianLoss(keptLosses(base));
  if (noise === undefined) return equal("there are no validation rows to judge by");
  if (noise > FREE_OF_NOISE)
    return equal(
      `the targets have noise: ${(100 * noise).toPrecision(2)} % of their variance (median) is left on validation rows`,
      { equal: 1 },
    );
  const logs: SettledOptions = {
    ...options,
    balance: "scale-invariant",
    budget: { ...budget, dropout: budget.dropout === "auto" ? 0 : budget.dropout },
  };
  trial.onTrial?.("There is hardly any noise: trying the sum of logarithms without dropout.");
  const fits = [base, await triedFit(logs, trial)];
  const { at, ...choice } = judged("balance", ["equal", "scale-invariant"], fits.map(supervisedLosses));
  return { ...settledWith([options, logs][at]!, fits[at]), choice };
}

/** The median of what is known, of two the larger one: one row far off may ruin a mean. Undefined where nothing is known. */
export function medianLoss(losses: Losses): number | undefined {
  const known = Object.values(losses).filter((loss) => Number.isFinite(loss));
  return known.toSorted((a, b) => a - b)[Math.floor(known.length / 2)];
}

/** Which of some candidates the losses of trainings speak for. */
export function judged(
  setting: MethodChoice["setting"],
  names: readonly string[],
  losses: readonly (Losses | undefined)[],
): MethodChoice & { readonly at: number } {
  const changes = losses.map((own) => meanChange(own, losses[0]));
  const best = changes.indexOf(Math.min(...changes));
  const at = changes[best]! < WORTH ? best : 0;
  const tried = Object.fromEntries(names.map((name, i) => [name, changes[i]!]));
  return { setting, chosen: names[at]!, reason: reasonOf(names, changes, at), tried, at };
}

/** Why the plainest methods of several tasks are taken without a trial; undefined where there is one. */
const plainBecause = (prepared: PreparedStudy): string | undefined =>
  prepared.tasks.length === 1 ? "there is one task" : untried(prepared);

/** Why nothing can be tried, or is not worth it; undefined where it is. */
export function untried(prepared: PreparedStudy): string | undefined {
  const { tasks, data } = prepared;
  if (tasks.every(({ coding }) => coding.kind === "clustering")) return "no task has labels to judge by";
  if (data.streamed) return "the table is read while training goes on";
  if (data.split.validation.length === 0) return "there are no validation rows to judge by";
  if (trainRowsOf(prepared).all > MOST_ROWS)
    return `with more than ${MOST_ROWS} training rows a trial takes too long`;
  if (tasks.length > MOST_TASKS) return `with more than ${MOST_TASKS} tasks a trial takes too long`;
  return undefined;
}

/** Losses by task. */
export type Losses = Readonly<Record<string, number>>;

/** A training on training rows alone; undefined where it diverges. */
export async function triedFit(
  options: SettledOptions,
  { planned, prepared, runtime, signal }: Trial,
): Promise<Fitted | undefined> {
  const budget = { ...sharedBudget(options, trainRowsOf(prepared)), refit: false };
  const spec = specOf(options, planned, prepared, budget);
  try {
    const hooks = signal ? { signal } : {};
    return await fit(spec, prepared.data, fitOptionsOf(options, planned, budget), runtime, hooks);
  } catch (error) {
    if (error instanceof NumericError) return undefined;
    throw error;
  }
}

/** Validation losses of a training by supervised task. */
export function supervisedLosses(fitted: Fitted | undefined): Losses | undefined {
  if (!fitted) return undefined;
  const losses = keptLosses(fitted);
  const judged = fitted.spec.tasks.filter(({ coding }) => coding.kind !== "clustering");
  return Object.fromEntries(judged.map(({ name }) => [name, losses[name]!]));
}

const LEAST = 1e-6; // of a loss, so that one of 0 leaves the mean finite

/** Geometric mean over tasks of a loss over that of another training, tasks without validation labels left out. */
function meanChange(own: Losses | undefined, base: Losses | undefined): number {
  if (!own || !base) return own ? 1 : Number.POSITIVE_INFINITY;
  const logs = Object.entries(own)
    .map(([name, loss]) => Math.log((loss + LEAST) / (base[name]! + LEAST)))
    .filter((log) => Number.isFinite(log));
  return logs.length === 0 ? 1 : Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

function reasonOf(names: readonly string[], changes: readonly number[], at: number): string {
  const percent = (change: number): string =>
    Number.isFinite(change)
      ? `${change < 1 ? "−" : "+"}${Math.abs(100 * (change - 1)).toFixed(1)} %`
      : "diverged";
  const others = names
    .map((name, i) => ({ name, change: changes[i]!, i }))
    .filter(({ i }) => i !== 0)
    .map(({ name, change }) => `${name} ${percent(change)}`);
  const found = `validation losses against ${names[0]}: ${others.join(", ")}`;
  return at === 0 ? `${found}; none is 1 % lower` : found;
}
