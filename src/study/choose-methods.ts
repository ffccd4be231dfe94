import { NumericError } from "../base/errors.js";
import { sideBySide } from "../base/side-by-side.js";
import type { SharingSlug } from "../model/sharing/index.js";
import type { Runtime } from "../runtime/runtime.js";
import type { BalancerSlug } from "../training/balancers/index.js";
import { fit } from "../training/fit.js";
import type { Fitted } from "../training/fitted.js";
import { sharedBudget, trainRowsOf } from "./budget-of.js";
import { type SettledOptions, fitOptionsOf, specOf, withPlainest } from "./fit-plan.js";
import type { StudyOptions } from "./options.js";
import type { PreparedTask } from "./plan.js";
import type { PreparedStudy } from "./prepare.js";

/** A setting that was `auto`, what it became and why. */
export interface MethodChoice {
  readonly setting: "sharing" | "balance";
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
}

/** Ways of sharing that are tried, the plainest first. */
export const TRIED_SHARING: readonly SharingSlug[] = ["hard", "mmoe"];

const TRIED_BALANCE: readonly BalancerSlug[] = ["equal", "uncertainty", "fairgrad"];
/** Logarithms of losses pay where losses become small, which needs numbers and many rows. */
const TRIED_FOR_NUMBERS: readonly BalancerSlug[] = ["equal", "scale-invariant", "fairgrad"];

const WORTH = 0.99; // another method is taken where it brings validation losses below this share of the plainest one's
const MOST_ROWS = 100_000; // beyond, trying methods takes longer than it is worth
const MOST_TASKS = 32; // beyond, a step that weighs gradients costs many times the plain one

/**
 * Settles `sharing: auto` and `balance: auto`: first the way of sharing under equal weights, then the balance with that way.
 *
 * Each candidate is trained on training rows as the study would, and judged by the losses of the epoch it stops at on validation
 * rows: the geometric mean over supervised tasks of the loss over that of the plainest candidate. The plainest stays unless another
 * is at least 1 % lower. Test rows are not looked at.
 */
export async function chooseMethods(
  options: StudyOptions,
  planned: readonly PreparedTask[],
  prepared: PreparedStudy,
  runtime: Runtime,
  signal?: AbortSignal,
): Promise<ChosenMethods> {
  const choices: MethodChoice[] = [];
  const { sharing, balance } = options;
  let settled = withPlainest(options);
  const rows = trainRowsOf(prepared).all;
  const plain = plainBecause(prepared, rows);
  const choose = async (
    setting: MethodChoice["setting"],
    candidates: readonly SettledOptions[],
  ): Promise<void> => {
    const nameOf = ({ balance: method, sharing: { architecture } }: SettledOptions): string =>
      setting === "sharing" ? architecture : method;
    if (plain !== undefined) {
      choices.push({ setting, chosen: nameOf(settled), reason: plain });
      return;
    }
    const losses = await sideBySide(candidates, runtime.workers, (one) =>
      validationLosses(one, planned, prepared, runtime, signal),
    );
    const changes = losses.map((own) => meanChange(own, losses[0]));
    const best = changes.indexOf(Math.min(...changes));
    const at = changes[best]! < WORTH ? best : 0;
    settled = candidates[at]!;
    choices.push({
      setting,
      chosen: nameOf(settled),
      reason: reasonOf(candidates.map(nameOf), changes, at),
      tried: Object.fromEntries(candidates.map((one, i) => [nameOf(one), changes[i]!])),
    });
  };

  if (sharing.architecture === "auto")
    await choose(
      "sharing",
      TRIED_SHARING.map((architecture) => ({ ...settled, sharing: { ...settled.sharing, architecture } })),
    );
  if (balance === "auto") {
    const numbers = prepared.tasks.every(({ coding }) => coding.kind === "regression");
    const methods = numbers ? TRIED_FOR_NUMBERS : TRIED_BALANCE;
    await choose(
      "balance",
      methods.map((method) => ({ ...settled, balance: method })),
    );
  }
  return { options: settled, choices };
}

/** Why the plainest methods are taken without a trial; undefined where there is one. */
function plainBecause({ tasks, data }: PreparedStudy, rows: number): string | undefined {
  if (tasks.length === 1) return "there is one task";
  if (tasks.every(({ coding }) => coding.kind === "clustering")) return "no task has labels to judge by";
  if (data.streamed) return "the table is read while training goes on";
  if (data.split.validation.length === 0) return "there are no validation rows to judge by";
  if (rows > MOST_ROWS) return `with more than ${MOST_ROWS} training rows a trial takes too long`;
  if (tasks.length > MOST_TASKS) return `with more than ${MOST_TASKS} tasks a trial takes too long`;
  return undefined;
}

/** Validation losses by supervised task of a training on training rows alone; undefined where it diverges. */
async function validationLosses(
  options: SettledOptions,
  planned: readonly PreparedTask[],
  prepared: PreparedStudy,
  runtime: Runtime,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, number>> | undefined> {
  const budget = { ...sharedBudget(options, trainRowsOf(prepared)), refit: false };
  const spec = specOf(options, planned, prepared, budget);
  let fitted: Fitted;
  try {
    const hooks = signal ? { signal } : {};
    fitted = await fit(spec, prepared.data, fitOptionsOf(options, planned, budget), runtime, hooks);
  } catch (error) {
    if (error instanceof NumericError) return undefined;
    throw error;
  }
  const { validation } = fitted.epochs[fitted.bestEpoch - 1]!; // the epoch that was kept
  const judged = prepared.tasks.filter(({ coding }) => coding.kind !== "clustering");
  return Object.fromEntries(judged.map(({ name }) => [name, validation[name]!]));
}

const LEAST = 1e-6; // of a loss, so that one of 0 leaves the mean finite

/** Geometric mean over tasks of a loss over that of another training, tasks without validation labels left out. */
function meanChange(
  own: Readonly<Record<string, number>> | undefined,
  base: Readonly<Record<string, number>> | undefined,
): number {
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
