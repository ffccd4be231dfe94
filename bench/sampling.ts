import { existsSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../src/base/random.js";
import { outlierTasks } from "../src/data/synthetic/index.js";
import { compareTask } from "../src/evaluation/compare-task.js";
import { deltaM } from "../src/evaluation/delta-m.js";
import { type ScoredTask, scoreModel } from "../src/evaluation/score-model.js";
import { type RawTable, rawFromData } from "../src/data/index.js";
import { readRawTable } from "../src/data/sources/index.js";
import { singleTaskSpec } from "../src/model/spec.js";
import { nodeRuntime } from "../src/runtime/node.js";
import type { Runtime } from "../src/runtime/runtime.js";
import { aloneBudget, sharedBudget, trainRowsOf } from "../src/study/budget-of.js";
import { fitOptionsOf, specOf, withPlainest } from "../src/study/fit-plan.js";
import { inspectForStudy, planStudy } from "../src/study/plan.js";
import { prepareStudy } from "../src/study/prepare.js";
import type { StudyOptions } from "../src/study/options.js";
import { withDefaults } from "../src/study/schema-complete.js";
import { fit } from "../src/training/fit.js";
import { withoutOtherLabels } from "../src/training/training-data.js";
import { type Bench, type BenchPart, PeerMissing } from "./bench.js";

const SEEDS = [0, 1, 2];
const SMALLEST = 0.25; // share of the tasks that count as the smallest

/** Policies beside `proportional`, by their names in the results. */
const POLICIES: Readonly<Record<string, StudyOptions["sampling"]>> = {
  proportional: { policy: "proportional", temperature: 1 },
  "temperature 2": { policy: "temperature", temperature: 2 },
  "temperature 5": { policy: "temperature", temperature: 5 },
  equal: { policy: "equal", temperature: 1 },
};

/** A table and what is learned from it. */
interface Set {
  readonly read: (seed: number) => Promise<RawTable>;
  readonly study: Pick<StudyOptions, "tasks"> & Partial<StudyOptions>;
}

const fromFile = (name: string) => (): Promise<RawTable> =>
  readRawTable(join(process.env["KINDRED_DATA"] ?? "", name, "data.csv"));

const SETS: Readonly<Record<string, Set>> = {
  school: { read: fromFile("school"), study: { tasks: { exam_score: { by: "school" } }, ignore: ["bias"] } },
  landmine: { read: fromFile("landmine"), study: { tasks: { landmine: { by: "field" } } } },
  parkinsons: {
    read: fromFile("parkinsons"),
    study: { tasks: { total_UPDRS: { by: "subject#" } }, ignore: ["motor_UPDRS"] },
  },
  planted: {
    read: plantedRows,
    study: {
      tasks: { y: { by: "task", kind: "regression" } },
      split: { kind: "column", column: "part" } as never,
    },
  },
};

/** What one policy reached on one set with one seed. */
interface Found {
  readonly deltaM: number;
  /** Means of the primary metric and of the gain in percent, over all tasks and over the smallest. */
  readonly metric: number;
  readonly smallestMetric: number;
  readonly smallestGain: number;
}

/**
 * What sampling policies do where tasks have unequal numbers of rows: the mean over tasks of the error on test rows, and Δm
 * against each task alone. `ours` is the mean error under a policy, `peer` under `proportional`, in geometric mean over seeds;
 * the line is the planted family under the worst policy. The baselines are the same under all policies.
 */
export const samplingBench: Bench = async (name) => {
  const wanted = process.env["KINDRED_BENCH_SETS"]?.split(",") ?? Object.keys(SETS);
  const absent = wanted.find(
    (set) => set !== "planted" && !existsSync(join(process.env["KINDRED_DATA"] ?? "", set, "data.csv")),
  );
  if (absent !== undefined)
    throw new PeerMissing(`no data set ${absent}; name the folder of the sets in KINDRED_DATA`);
  const [parts, notes]: [BenchPart[], string[]] = [[], []];
  const runtime = await nodeRuntime({ workers: 2 });
  try {
    for (const set of wanted) {
      const found: Record<string, Found>[] = [];
      for (const seed of SEEDS) {
        found.push(await policiesOn(SETS[set]!, seed, runtime));
        if (process.env["KINDRED_BENCH_WORDS"]) console.error(set, seed, JSON.stringify(found.at(-1)));
      }
      notes.push(
        `${set}: ${found[0]!["proportional"] === undefined ? "" : "policy, Δm, mean error, that of the smallest quarter of the tasks, their mean gain (means of the seeds, and from the least to the most)"}`,
      );
      for (const policy of Object.keys(POLICIES)) {
        const of = (key: keyof Found): number[] => found.map((one) => one[policy]![key]);
        const [ours, peer] = [of("metric"), found.map((one) => one["proportional"]!.metric)].map(geometric);
        if (policy !== "proportional")
          parts.push({ name: `${set} ${policy}`, ours: ours!, peer: peer!, ratio: peer! / ours! });
        notes.push(
          `  ${policy.padEnd(14)} ${words(of("deltaM"))} %  ${words(of("metric"), 4)}  ${words(of("smallestMetric"), 4)}  ${words(of("smallestGain"))} %`,
        );
      }
    }
  } finally {
    await runtime.close();
  }
  const worst = parts.reduce((a, b) => (b.ratio < a.ratio ? b : a));
  const against = "mean error over tasks under a sampling policy, under proportional sampling; the worst";
  return { ...worst, name, unit: "error", against, parts, notes };
};

async function policiesOn(
  { read, study }: Set,
  seed: number,
  runtime: Runtime,
): Promise<Record<string, Found>> {
  const base = withDefaults({ data: "rows", ...study, seed } as never);
  const options = withPlainest({
    ...base,
    split: { ...withDefaults({ data: "rows", tasks: {} }).split, ...study.split },
    sharing: { ...base.sharing, trunk: [64, 64], members: 4 },
  });
  const plan = planStudy(inspectForStudy(await read(seed), options), options);
  const prepared = await prepareStudy(plan, options, runtime);
  const { data } = prepared;
  const rows = trainRowsOf(prepared);
  const shared = sharedBudget(options, rows);
  const spec = specOf(options, plan.tasks, prepared, shared);
  const alone: ScoredTask[] = [];
  const together: Record<string, ScoredTask[]> = {};
  const jobs = [
    ...Object.entries(POLICIES).map(([policy, sampling]) => async (): Promise<void> => {
      const fitted = await fit(
        spec,
        data,
        fitOptionsOf({ ...options, sampling }, plan.tasks, shared),
        runtime,
      );
      together[policy] = await scoreModel(fitted, data, data.split.test, runtime);
    }),
    ...spec.tasks.map((task, t) => async (): Promise<void> => {
      const own = withoutOtherLabels(data, task.name);
      const budget = fitOptionsOf(options, plan.tasks, aloneBudget(options, shared, rows, task.name));
      const fitted = await fit(singleTaskSpec(spec, t), own, budget, runtime);
      alone[t] = (await scoreModel(fitted, own, own.split.test, runtime))[0]!;
    }),
  ];
  const lane = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job();
  };
  await Promise.all([lane(), lane()]);
  const order = spec.tasks.map((_, t) => t);
  const bySize = order.toSorted(
    (a, b) => rows.labelled[spec.tasks[a]!.name]! - rows.labelled[spec.tasks[b]!.name]!,
  );
  const smallest = new Set(bySize.slice(0, Math.ceil(SMALLEST * order.length)));
  return Object.fromEntries(
    Object.entries(together).map(([policy, scored]) => {
      const compared = scored.map((one, t) => compareTask(one, alone[t]!, seed));
      const metrics = compared.map(({ multi, primary }) => multi[primary.metric]!);
      const gains = compared.map(({ gain }) => gain.percent);
      const least = <T>(values: readonly T[]): T[] => values.filter((_, t) => smallest.has(t));
      return [
        policy,
        {
          deltaM: deltaM(gains),
          metric: mean(metrics),
          smallestMetric: mean(least(metrics)),
          smallestGain: deltaM(least(gains)),
        },
      ];
    }),
  );
}

const PLANTED = [16, 40, 120, 350, 1000, 3000, 8000, 16000]; // training rows of each task
const TEST_ROWS = 500; // of each task
const LEAST_VALIDATION = 4; // of a task, or a quarter of its training rows

/** Six tasks that lean on one centre and two that have nothing to do with them, with 16 to 16,000 training rows. */
async function plantedRows(seed: number): Promise<RawTable> {
  const counts = PLANTED.map((train) => ({
    train,
    validation: Math.max(LEAST_VALIDATION, Math.round(train / 8)),
    test: TEST_ROWS,
  }));
  const all = counts.reduce((sum, { train, validation, test }) => sum + train + validation + test, 0);
  const family = outlierTasks({
    tasks: PLANTED.length,
    outliers: 2,
    rows: all,
    inputs: 20,
    noise: 0.5,
    seed,
  });
  // sizes in random order, so that no seed has its small tasks among the outliers alone
  const order = seededRandom(seed, "sizes").shuffle(PLANTED.map((_, t) => t));
  const places = counts.flatMap((sizes, at) =>
    Object.entries(sizes).flatMap(([part, rows]) =>
      Array.from({ length: rows }, () => ({ task: `task${order[at]! + 1}`, part })),
    ),
  );
  const rows = family.rows.map((row, i) => {
    const { task, part } = places[i]!;
    return {
      ...Object.fromEntries(family.inputs.map((input) => [input, row[input]])),
      task,
      part,
      y: row[task],
    };
  });
  return rawFromData(rows, "planted");
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x / values.length, 0);

const geometric = (values: readonly number[]): number => Math.exp(mean(values.map(Math.log)));

/** The mean and the range of some values. */
function words(values: readonly number[], digits = 1): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${mean(values).toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}
