/**
 * Clustering as a task beside others, against k-means on the inputs, on handwritten digits (8 × 8 pixels, ten clusters) and
 * penguins (three clusters), several seeds.
 *
 * Usage: npx tsx bench/clustering.ts [--seeds 3]   (KINDRED_DATA names the folder of the sets)
 * Prints NMI and adjusted Rand index on test rows, together and alone, and k-means (best of ten starts of k-means++) on the
 * raw pixels, or the standardised measurements, of the same test rows after fitting all rows.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seededRandom } from "../src/base/random.js";
import { columnOf, isNumberColumn } from "../src/data/index.js";
import { readTable } from "../src/data/sources/index.js";
import { classification, clustering, load, regression, type TaskMap } from "../src/index.js";
import { kMeans } from "../src/tasks/k-means.js";
import { adjustedRand, normalisedMutualInformation } from "../src/tasks/metrics/agreement.js";

const { values: flags } = parseArgs({ options: { seeds: { type: "string", default: "3" } } });
const folder = process.env["KINDRED_DATA"] ?? "../shared/data";

interface Case {
  readonly set: string;
  readonly reference: string;
  readonly clusters: number;
  readonly others: TaskMap;
  readonly ignore: readonly string[];
  /** Whether k-means sees standardised inputs. */
  readonly standardise: boolean;
}

const CASES: readonly Case[] = [
  {
    set: "penguins",
    reference: "species",
    clusters: 3,
    others: { body_mass_g: regression(), sex: classification() },
    ignore: [],
    standardise: true,
  },
  {
    set: "digits8x8",
    reference: "digit",
    clusters: 10,
    others: { even: classification(), ge5: classification() },
    ignore: ["ink"],
    standardise: false,
  },
];

for (const { set, reference, clusters, others, ignore, standardise } of CASES) {
  const file = join(folder, set, "data.csv");
  const skipped = [reference, ...Object.keys(others), ...ignore];
  const table = await readTable(file);
  const columns = table.columns.filter((column) => isNumberColumn(column) && !skipped.includes(column.name));
  const floor = kMeans({
    data: matrix(
      columns.map((column) => (isNumberColumn(column) ? column.numbers : new Float64Array())),
      standardise,
    ),
    rows: table.rows,
    width: columns.length,
    clusters,
    random: seededRandom(0, "k-means"),
    restarts: 10,
  });
  const known = columnOf(table, reference);
  const labels = isNumberColumn(known) ? Array.from(known.numbers, String) : known.strings;
  const names = [...new Set(labels)];
  const truth = Float64Array.from(labels, (label) => names.indexOf(label));
  console.log(
    `${set}: k-means on all rows: NMI ${score(normalisedMutualInformation(truth, floor.assignment))}, adjusted Rand ${score(adjustedRand(truth, floor.assignment))}`,
  );
  for (let seed = 0; seed < Number(flags.seeds); seed++) {
    const study = await load(file, {
      tasks: { groups: clustering({ clusters, reference }), ...others },
      ignore,
      seed,
    });
    const model = await study.train();
    const [groups, ...rest] = model.record.evaluation.tasks;
    const pair = (metric: string): string =>
      `${score(groups!.multi[metric]!)} together, ${score(groups!.single[metric]!)} alone`;
    const verdicts = rest.map(({ task, verdict }) => `${task} ${verdict}`).join(", ");
    console.log(`  seed ${seed}: NMI ${pair("nmi")}; adjusted Rand ${pair("adjusted-rand")}; ${verdicts}`);
    await model.close();
  }
}

function matrix(columns: readonly Float64Array[], standardise: boolean): Float32Array {
  const rows = columns[0]!.length;
  const out = new Float32Array(rows * columns.length);
  columns.forEach((column, c) => {
    const present = column.filter((x) => !Number.isNaN(x));
    const mean = present.reduce((sum, x) => sum + x / present.length, 0);
    const deviation = Math.sqrt(present.reduce((sum, x) => sum + (x - mean) ** 2 / present.length, 0)) || 1;
    column.forEach((x, row) => {
      const filled = Number.isNaN(x) ? mean : x;
      out[row * columns.length + c] = standardise ? (filled - mean) / deviation : filled;
    });
  });
  return out;
}

function score(x: number): string {
  return x.toFixed(3);
}
