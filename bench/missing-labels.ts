/**
 * What missing labels cost: the students' six tasks with 0, 10, 50 and 90 % of all labels taken away at random, and with one
 * task labelled in 2 % of rows only, several seeds.
 *
 * Usage: npx tsx bench/missing-labels.ts [--seeds 3] [--epochs 60]   (KINDRED_DATA names the folder of the sets)
 * Prints for every task its number of training labels and its skill on test rows, together and alone, as means over seeds. The
 * skill is judged by all labels there were: 1 − SSE / SST, or 1 − log loss / log loss of the training shares, so that 0 is what
 * the best constant reaches.
 */
import { parseArgs } from "node:util";
import { nodeRuntime } from "../src/runtime/node.js";
import {
  readStudents,
  skills,
  STUDENT_NAMES,
  studentsAbsent,
  trainStudents,
  withoutLabels,
} from "../test/student-labels.js";

const { values: flags } = parseArgs({
  options: { seeds: { type: "string", default: "3" }, epochs: { type: "string", default: "60" } },
});
const seeds = Number(flags.seeds);

const CASES: readonly {
  readonly title: string;
  readonly tasks: readonly string[];
  readonly share: number;
}[] = [
  { title: "all labels", tasks: [], share: 0 },
  { title: "10 % of labels missing", tasks: STUDENT_NAMES, share: 0.1 },
  { title: "50 % of labels missing", tasks: STUDENT_NAMES, share: 0.5 },
  { title: "90 % of labels missing", tasks: STUDENT_NAMES, share: 0.9 },
  { title: "G3 labelled in 2 % of rows", tasks: ["G3"], share: 0.98 },
];
const WIDTH = 12; // of a column of the output

if (studentsAbsent) {
  console.error("missing-labels: set KINDRED_DATA to the folder that holds student_performance/data.csv.");
  process.exit(3);
}
const rows = await readStudents();
const runtime = await nodeRuntime();
try {
  for (const { title, tasks, share } of CASES) {
    const sums = STUDENT_NAMES.map(() => ({ together: 0, alone: 0, labels: 0 }));
    for (let seed = 0; seed < seeds; seed++) {
      const budget = { epochs: Number(flags.epochs), patience: 10 };
      const trained = await trainStudents(withoutLabels(rows, tasks, share, seed), runtime, { seed, budget });
      const { multi, single } = trained.comparison;
      const together = await skills(trained, multi, rows, runtime);
      for (const [t, name] of STUDENT_NAMES.entries()) {
        const alone = await skills(trained, single[name]!, rows, runtime);
        sums[t]!.together += together[name]! / seeds;
        sums[t]!.alone += alone[name]! / seeds;
        sums[t]!.labels += trained.record.tasks[t]!.labelled.train / seeds;
      }
    }
    print(title, ["task", "labels", "together", "alone"]);
    for (const [t, name] of STUDENT_NAMES.entries()) {
      const { together, alone, labels } = sums[t]!;
      print("", [name, labels.toFixed(0), together.toFixed(3), alone.toFixed(3)]);
    }
  }
} finally {
  await runtime.close();
}

function print(title: string, cells: readonly string[]): void {
  if (title !== "") console.log(`\n${title}`);
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(WIDTH) : cell.padStart(WIDTH))).join(""));
}
