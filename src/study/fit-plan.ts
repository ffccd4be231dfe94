import { ConfigError } from "../base/errors.js";
import { type ModelSpec, TASK_EMBEDDING_WIDTH } from "../model/spec.js";
import { taskGroups } from "../model/groups.js";
import { architectureOf, sharingShape } from "../model/sharing-of.js";
import type { SharingSlug } from "../model/sharing/index.js";
import { checkLinks } from "../relations/links.js";
import { kindOf } from "../tasks/index.js";
import type { Task } from "../tasks/task-kind.js";
import type { BalancerSlug } from "../training/balancers/index.js";
import type { Budget } from "../training/budget.js";
import type { Balancer } from "../training/balancer.js";
import { BALANCERS } from "../training/balancers/index.js";
import type { FitOptions } from "../training/fitted.js";
import { expandLinks } from "./expand-links.js";
import type { StudyOptions } from "./options.js";
import type { PreparedTask } from "./plan.js";
import type { PreparedStudy } from "./prepare.js";

/** A study whose methods are named, none left to be chosen. */
export type SettledOptions = StudyOptions & {
  readonly balance: BalancerSlug;
  readonly sharing: { readonly architecture: SharingSlug };
};

/** A study with the plainest method in the place of each that is to be chosen. */
export function withPlainest(options: StudyOptions): SettledOptions {
  const { sharing, balance } = options;
  const architecture = sharing.architecture === "auto" ? "hard" : sharing.architecture;
  return {
    ...options,
    balance: balance === "auto" ? "equal" : balance,
    sharing: { ...sharing, architecture },
  };
}

/**
 * The model a study trains.
 *
 * @throws {ConfigError} for links that the tasks do not allow, and for a way of sharing that the tasks do not suit.
 */
export function specOf(
  options: SettledOptions,
  planned: readonly PreparedTask[],
  prepared: PreparedStudy,
  budget: Budget,
): ModelSpec {
  const { architecture, options: tuned } = options.sharing;
  const links = expandLinks(options.relations, planned);
  checkLinks(links, prepared.tasks.map(linkedTask));
  const spec: ModelSpec = {
    inputs: prepared.encoding.width,
    tasks: prepared.tasks,
    links,
    ...(architecture !== "hard" && {
      sharing: { architecture, ...(Object.keys(tuned).length > 0 && { options: tuned }) },
    }),
    ...(prepared.numbers && { numbers: prepared.numbers }),
    trunk: options.sharing.trunk,
    ...(options.sharing.blocks === "residual" && { blocks: "residual" }),
    initializer: options.sharing.initializer,
    members: budget.members,
    adapter: budget.adapter,
    head: options.sharing.head,
    tie: options.sharing.tie,
    embedding: TASK_EMBEDDING_WIDTH,
  };
  const lacks = architectureOf(spec).lacks?.(sharingShape(spec, taskGroups(spec)));
  if (lacks === undefined || spec.tasks.length === 1) return spec;
  const parts = { where: "study", setting: ["sharing", "architecture"], subject: `sharing ${architecture}` };
  throw new ConfigError({
    ...parts,
    problem: `needs ${lacks}`,
    fix: "Change the tasks, or choose another way of sharing.",
  });
}

function linkedTask({ name, coding }: Task): { name: string; kind: string; width: number } {
  const kind = kindOf(coding);
  return { name, kind: kind.slug, width: kind.outputWidth(coding) };
}

const DROPOUT = 0.1;

/** How a study's models are fitted, every `auto` resolved. */
export function fitOptionsOf(
  { tasks, budget, balance, balancing, sampling, seed }: SettledOptions,
  planned: readonly PreparedTask[],
  resolved: Budget,
): FitOptions {
  const { stopping, optimizer, weightDecay, warmup, clip, dropout, average } = budget;
  const { epochs, patience, monitor, batch, learningRate, refit } = resolved;
  return {
    optimizer,
    balancer: balance,
    ...(Object.keys(balancing.options).length > 0 && { balancerOptions: balancing.options }),
    ...((BALANCERS[balance] as Balancer).weighs && { taskWeights: weightsOf(tasks, planned) }),
    ...(balancing.heads !== "auto" && { heads: balancing.heads }),
    epochs,
    patience,
    monitor,
    ...(stopping !== "together" && { stopping }),
    batch,
    learningRate,
    weightDecay,
    warmup,
    clip,
    dropout: dropout === "auto" ? DROPOUT : dropout,
    average,
    refit,
    ...(sampling.policy !== "proportional" && { sampling }),
    seed,
  };
}

/** Weights by task: that of its target for each task of a target with a task column. */
const weightsOf = (
  tasks: StudyOptions["tasks"],
  planned: readonly PreparedTask[],
): Readonly<Record<string, number>> =>
  Object.fromEntries(planned.map(({ name, part }) => [name, tasks[part?.target ?? name]?.weight ?? 1]));
