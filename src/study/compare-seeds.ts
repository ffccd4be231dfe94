import { ConfigError } from "../base/errors.js";
import type { InspectedTable } from "../data/index.js";
import type { Runtime } from "../runtime/runtime.js";
import type { TaskKindSlug } from "../tasks/task-kind.js";
import { chooseNumbers } from "./choose-numbers.js";
import { codeTargets } from "./code-targets.js";
import { withPlainest } from "./fit-plan.js";
import type { StudyOptions } from "./options.js";
import { type PlannedStudy, planStudy } from "./plan.js";
import { type PreparedStudy, prepareStudy } from "./prepare.js";

/** A study under one seed: planned, split and encoded. */
export interface SeedStudy {
  readonly plan: PlannedStudy;
  readonly prepared: PreparedStudy;
}

/** The same study under several seeds. */
export interface SeedPlan {
  /** Tasks with their kinds, as the first seed has them. */
  readonly tasks: readonly { readonly name: string; readonly kind: TaskKindSlug }[];
  warnings(): readonly string[];
  /** Test rows by rows that models learn from, of the first seed's split. */
  testShare(): number;
  /** Says which trainings will ask for their seed, so that each seed is prepared once and let go after the last. */
  expect(jobs: readonly { readonly seed: number }[]): void;
  prepared(job: { readonly seed: number }, runtime: Runtime): Promise<SeedStudy>;
}

/**
 * Plans a study under its first seed; the others follow when they are trained.
 *
 * @throws {ConfigError} for fewer than two tasks; as planning does.
 */
export function seedPlans(
  table: InspectedTable,
  options: StudyOptions,
  [first]: readonly number[],
): SeedPlan {
  const planOf = (seed: number): PlannedStudy => planStudy(table, { ...options, seed });
  const plan = planOf(first ?? options.seed);
  if (plan.tasks.length < 2) {
    throw new ConfigError({
      where: "compare",
      subject: "tasks",
      expected: "at least two to learn together",
      got: String(plan.tasks.length),
      fix: "Name more with --tasks.",
    });
  }
  const coded = codeTargets(plan, options).targets;
  const { train, validation, test } = plan.split;
  const left = new Map<number, number>();
  const ready = new Map<number, Promise<SeedStudy>>();
  return {
    tasks: plan.tasks.map(({ name }) => ({ name, kind: coded.get(name)?.coding.kind ?? "clustering" })),
    warnings: () => plan.warnings,
    testShare: () => test.length / (train.length + validation.length),
    expect(jobs) {
      for (const { seed } of jobs) left.set(seed, (left.get(seed) ?? 0) + 1);
    },
    async prepared({ seed }, runtime) {
      const known = ready.get(seed);
      const promise = known ?? prepare(seed === first ? plan : planOf(seed), { ...options, seed }, runtime);
      if (!known) ready.set(seed, promise);
      left.set(seed, (left.get(seed) ?? 1) - 1);
      if (left.get(seed) === 0) ready.delete(seed);
      return promise;
    },
  };
}

async function prepare(plan: PlannedStudy, options: StudyOptions, runtime: Runtime): Promise<SeedStudy> {
  const first = await prepareStudy(plan, options, runtime);
  const { prepared } = await chooseNumbers(plan, first, { options: withPlainest(options) }, { runtime }); // one encoding for all variants
  return { plan, prepared };
}
