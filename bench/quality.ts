import { nodeRuntime } from "../src/runtime/node.js";
import type { PartialStudy } from "../src/study/schema.js";
import { type Bench, type BenchPart, PeerMissing } from "./bench.js";
import { type QualityResult, qualityOf } from "./quality-run.js";
import { type Metric, type PeerTarget, type QualitySet, readPeers, readSet } from "./quality-sets.js";

/** The best neural figures known for these sets, means over targets of a metric, of one or two seeds. */
const RECIPE: Readonly<Record<string, Readonly<Partial<Record<Metric, number>>>>> = {
  mulan_jura: { RRMSE: 0.588 },
  german_credit: { RRMSE: 0.597, AUC: 0.819, accuracy: 0.835 },
  mulan_wq: { RRMSE: 0.897 },
  student_performance: { RRMSE: 0.804, AUC: 0.82, accuracy: 0.656 },
  mulan_atp7d: { RRMSE: 0.411 },
  ames_housing: { RRMSE: 0.274, AUC: 0.959, accuracy: 0.763 },
  bike_sharing: { RRMSE: 0.353, accuracy: 0.697 },
  california_housing: { RRMSE: 0.456, accuracy: 0.962 },
  mulan_rf1: { RRMSE: 0.05 },
  law_school: { RRMSE: 0.412, AUC: 0.866 },
  adult: { RRMSE: 0.858, AUC: 0.882, accuracy: 0.69 },
};
/** The other sets, the quick ones first. */
const OTHERS = [
  "penguins",
  "auto_mpg",
  "titanic",
  "mulan_edm",
  "mulan_slump",
  "mulan_andro",
  "mulan_enb",
  "mulan_sf1",
  "mulan_sf2",
  "mulan_scpf",
  "mulan_emotions",
  "mulan_oes97",
  "mulan_oes10",
  "mulan_atp1d",
  "can_bus_bmw",
  "sarcos",
  "parkinsons",
  "mulan_yeast",
  "mulan_scene",
  "wine_quality",
  "mulan_osales",
  "ai4i",
  "online_shoppers",
  "dutch_census",
  "diamonds",
  "census_income_kdd",
];
const SEEDS = [0, 1, 2, 3, 4];
const METHODS = ["gbm", "forest", "linear", "mlp_single", "mlp_shared"];

/** One target's values over seeds beside the peers'. */
interface Row {
  readonly set: QualitySet;
  readonly target: PeerTarget;
  readonly values: readonly number[];
  readonly alone: readonly number[];
}

/**
 * How well the default predicts, on the test rows of single-task and multi-task peers: every target of every set named, as the
 * mean over seeds. `ours` is the mean error of a set (1 − AUC, 1 − accuracy, RRMSE) over its targets, `peer` that of
 * `mlp_shared`; the line is the geometric mean over sets. Each training is kept in a folder of its own, so that a
 * bench that was stopped goes on.
 */
export const quality: Bench = async (name) => {
  const peers = await readPeers();
  const wanted = process.env["KINDRED_BENCH_SETS"]?.split(",") ?? [...Object.keys(RECIPE), ...OTHERS];
  const unknown = wanted.find((set) => !(set in peers));
  if (unknown !== undefined)
    throw new PeerMissing(
      `no figures of peers for the set ${unknown}; there are ${Object.keys(peers).join(", ")}`,
    );
  const seeds = process.env["KINDRED_BENCH_SEEDS"]?.split(",").map(Number) ?? SEEDS;
  const options = {
    study: JSON.parse(process.env["KINDRED_BENCH_STUDY"] ?? "{}") as PartialStudy,
    alone: process.env["KINDRED_BENCH_ALONE"] === "1",
  };
  const [rows, parts, notes]: [Row[], BenchPart[], string[]] = [[], [], []];
  const runtime = await nodeRuntime({ workers: 1 });
  try {
    for (const which of wanted) {
      const found: QualityResult[] = [];
      let set: QualitySet | undefined;
      for (const seed of seeds) {
        set = await readSet(which, peers, seed);
        found.push(await qualityOf(set, seed, options, runtime));
        if (process.env["KINDRED_BENCH_WORDS"]) console.error(which, seed, progress(set, found.at(-1)!));
      }
      const own = rowsOf(set!, found);
      rows.push(...own);
      const [ours, peer] = [meanOf(own.map(errorOf)), meanOf(own.map((row) => peerError(row, "mlp_shared")))];
      if (Number.isFinite(peer)) parts.push({ name: which, ours, peer, ratio: peer / ours });
      notes.push(...setNotes(own, found));
    }
  } finally {
    await runtime.close();
  }
  notes.push(...countNotes(rows));
  const ours = geometric(parts.map((part) => part.ours));
  const peer = geometric(parts.map((part) => part.peer));
  const against = "mean error over targets of the default, of a plain network with the same rows; all sets";
  return { name, ours, peer, unit: "error", ratio: peer / ours, against, parts, notes };
};

const rowsOf = (set: QualitySet, found: readonly QualityResult[]): Row[] =>
  set.targets.map((target) => ({
    set,
    target,
    values: found.map(({ targets }) => targets[target.name]!),
    alone: found.flatMap(({ alone }) => (alone ? [alone[target.name]!] : [])),
  }));

const asError = ({ metric }: PeerTarget, value: number): number => (metric === "RRMSE" ? value : 1 - value);
const errorOf = ({ target, values }: Row): number => asError(target, meanOf(values));
const peerError = ({ target }: Row, method: string): number =>
  asError(target, target.methods[method] ?? Number.NaN);

/** One line for people while a set trains. */
function progress(set: QualitySet, found: QualityResult): string {
  const kinds = metricsOf(set.targets).map((metric) => {
    const of = set.targets.filter((target) => target.metric === metric);
    return `${metric} ${meanOf(of.map(({ name }) => found.targets[name]!)).toFixed(4)}`;
  });
  const { validation, bestEpoch, bestEpochs, epochs, cpuSeconds } = found;
  const kept = bestEpochs ? Object.values(bestEpochs).join("/") : bestEpoch;
  return `${kinds.join(" ")} validation ${validation.toFixed(4)} epoch ${kept} of ${epochs}, ${cpuSeconds.toFixed(1)} s`;
}

const metricsOf = (targets: readonly PeerTarget[]): Metric[] => [
  ...new Set(targets.map(({ metric }) => metric)),
];

function setNotes(rows: readonly Row[], found: readonly QualityResult[]): string[] {
  const { set } = rows[0]!;
  const cpu = meanOf(found.map(({ cpuSeconds }) => cpuSeconds)).toFixed(1);
  const validation = words(
    found.map((one) => one.validation),
    4,
  );
  const head = `${set.name}: ${cpu} s of processor time a training, validation ${validation}; ours (mean, range of ${found.length} seeds), alone, ${METHODS.join(", ")}, wanted`;
  const lines = rows.map(({ target, values, alone }) =>
    cells(
      target.name,
      target.metric,
      words(values, 3),
      alone,
      METHODS.map((method) => target.methods[method]),
    ),
  );
  const means = metricsOf(set.targets).map((metric) => {
    const of = rows.filter(({ target }) => target.metric === metric);
    const bySeed = found.map((_, s) => meanOf(of.map(({ values }) => values[s]!)));
    const alone = of[0]!.alone.map((_, s) => meanOf(of.map((row) => row.alone[s]!)));
    const peers = METHODS.map((method) => meanOf(of.map(({ target }) => target.methods[method]!)));
    return cells("mean", metric, words(bySeed, 3), alone, [...peers, RECIPE[set.name]?.[metric]]);
  });
  return [head, ...lines, ...means];
}

const cells = (
  name: string,
  metric: Metric,
  ours: string,
  alone: readonly number[],
  others: readonly (number | undefined)[],
): string =>
  `  ${name.slice(0, 24).padEnd(24)} ${metric.padEnd(8)} ${ours}  ${[
    alone.length > 0 ? meanOf(alone) : undefined,
    ...others,
  ]
    .map((value) => (value === undefined || Number.isNaN(value) ? "    —" : value.toFixed(3)))
    .join("  ")}`;

/** What is to be counted over all sets. */
function countNotes(rows: readonly Row[]): string[] {
  const sets = [...new Set(rows.map(({ set }) => set))].map((set) => rows.filter((row) => row.set === set));
  const gains = sets.flatMap((own) => {
    const gain = meanOf(own.map((row) => percentOver(row, row.target.methods["mlp_shared"] ?? Number.NaN)));
    return Number.isNaN(gain) ? [] : [{ set: own[0]!.set.name, gain }];
  });
  const won = gains.filter(({ gain }) => gain > 0);
  const lost = gains.filter(({ gain }) => gain <= 0).map(({ set, gain }) => `${set} (${gain.toFixed(1)} %)`);
  const mixed = rows.filter(({ set, target }) => set.heterogeneous && target.methods["gbm"] !== undefined);
  const level = mixed.filter((row) => errorOf(row) <= peerError(row, "gbm") + 5e-4);
  const wanted = sets.flatMap((own) =>
    Object.entries(RECIPE[own[0]!.set.name] ?? {}).map(([metric, figure]) => {
      const of = own.filter(({ target }) => target.metric === metric);
      const bySeed = of[0]!.values.map((_, s) => meanOf(of.map(({ values }) => values[s]!)));
      const [mean, spread] = [meanOf(bySeed), deviation(bySeed)];
      const short = metric === "RRMSE" ? mean - figure : figure - mean;
      return { what: `${own[0]!.set.name} ${metric}`, short, within: short <= Math.max(2e-3, spread) };
    }),
  );
  const missed = wanted.filter(({ within }) => !within);
  return [
    `better than mlp_shared in mean Δm: ${won.length} of ${gains.length} sets${lost.length > 0 ? `; not ${lost.join(", ")}` : ""}`,
    `at least as good as the boosted trees: ${level.length} of ${mixed.length} targets of tables with targets of several kinds`,
    `at the wanted figure (within .002 or one deviation over seeds): ${wanted.length - missed.length} of ${wanted.length}${missed.length > 0 ? `; short: ${missed.map(({ what, short }) => `${what} by ${short.toFixed(3)}`).join(", ")}` : ""}`,
  ];
}

/** Relative gain in percent over another's value of the metric. */
function percentOver({ target, values }: Row, other: number): number {
  const gain = (100 * (meanOf(values) - other)) / other;
  return target.metric === "RRMSE" ? -gain : gain;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const geometric = (values: readonly number[]): number => Math.exp(meanOf(values.map(Math.log)));

const deviation = (values: readonly number[]): number =>
  Math.sqrt(meanOf(values.map((value) => (value - meanOf(values)) ** 2)));

const words = (values: readonly number[], digits: number): string =>
  `${meanOf(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
