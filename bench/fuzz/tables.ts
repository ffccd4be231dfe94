import * as fc from "fast-check";
import { proposeTasks } from "../../src/cli/propose-tasks.js";
import {
  codedTable,
  fitInputEncoding,
  inspectTable,
  type InspectedTable,
  rawFeeds,
  type RawTable,
} from "../../src/data/index.js";
import { isNumber } from "../../src/data/spellings.js";
import { planStudy } from "../../src/study/plan.js";
import { completeStudy } from "../../src/study/schema-complete.js";
import { describeStudy } from "../../src/study/study-file-notes.js";
import { writeStudyFile } from "../../src/study/study-file-write.js";
import { parseStudyFile } from "../../src/study/study-file.js";
import { columnName, columnOf } from "./cells.js";
import { type FuzzTarget, holds, outcomeOf } from "./target.js";

/** A table of awkward cells, as any source could give it. */
interface TableInput {
  readonly names: readonly string[];
  readonly cells: readonly (readonly string[])[];
  readonly missing: readonly string[];
  /** Columns that become tasks; the proposed ones when there are none. */
  readonly targets: number;
}

const inputs: fc.Arbitrary<TableInput> = fc
  .record({
    columns: fc.integer({ min: 1, max: 6 }),
    rows: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 9, max: 60 })),
  })
  .chain(({ columns, rows }) =>
    fc.record({
      names: fc.uniqueArray(columnName, { minLength: columns, maxLength: columns }),
      cells: fc.array(columnOf(rows), { minLength: columns, maxLength: columns }),
      missing: fc.oneof(
        fc.constant([]),
        fc.array(fc.constantFrom("NA", "77", "1e999", " ", "", "Infinity", "a"), { maxLength: 2 }),
      ),
      targets: fc.nat({ max: 2 }),
    }),
  );

/** From cells to a plan, a study file and encoded rows, without a file or a database. */
export const tablesTarget = async (): Promise<FuzzTarget> =>
  ({
    name: "tables",
    inputs,
    save: (input) => JSON.stringify(input, undefined, 1),
    run: (input) => outcomeOf(() => throughStudy(input)),
  }) satisfies FuzzTarget<TableInput>;

function throughStudy({ names, cells, missing, targets }: TableInput): void {
  const raw: RawTable = {
    source: "t.csv",
    rows: cells[0]!.length,
    unit: "row",
    columns: names.map((name, c) => ({
      name,
      kind: "text",
      cells: cells[c]!.map((one) => (one === "" ? null : one)),
    })),
  };
  const table = inspectTable(raw, { missing });
  checkTable(table, raw, missing);
  const named = Object.fromEntries(names.slice(0, targets).map((name) => [name, {}]));
  const tasks = targets === 0 ? proposeTasks(table, {}) : named;
  const options = completeStudy({ data: "t.csv", tasks, missing }, "fuzz");
  const plan = planStudy(table, options);
  holds(plan.split.train.length > 0, () => "no row to train on");
  const { kinds, notes } = describeStudy(table, options, { proposed: targets === 0 });
  const text = writeStudyFile({ ...options, tasks: kinds }, notes);
  const again = completeStudy(parseStudyFile(text, "s.yaml"), "fuzz");
  const [written, read] = [JSON.stringify({ ...options, tasks: kinds }), JSON.stringify(again)];
  holds(written === read, () => `the study file gives ${read} where ${written} was written`);
  const { encoding } = fitInputEncoding(table, plan.inputs, plan.split.train);
  const feeds = rawFeeds(encoding, codedTable(raw, encoding.inputs, { missing }));
  for (const [name, { data }] of Object.entries(feeds)) {
    holds(data.length === table.rows, () => `${data.length} values fed for ${name}`);
    const infinite = Array.from(data as ArrayLike<unknown>).find((x) => x === Infinity || x === -Infinity);
    holds(infinite === undefined, () => `an infinite value is fed for ${name}`);
  }
}

function checkTable(table: InspectedTable, raw: RawTable, missing: readonly string[]): void {
  holds(table.columns.length === raw.columns.length, () => "a column is lost");
  table.columns.forEach((column, c) => {
    const given = raw.columns[c]!;
    holds(column.name === given.name, () => `column ${given.name} is called ${column.name}`);
    if (given.kind !== "text") return;
    given.cells.forEach((cell, row) => {
      const text = cell?.trim() ?? "";
      const carried = Buffer.from(text).toString().replaceAll("\0", "\ufffd"); // what UTF-8 and C strings can hold
      const wanted = text === "" || missing.includes(text) ? null : carried;
      if (!("numbers" in column)) {
        const got = column.strings[row]!;
        holds(
          got === wanted || (got === null && /^[.?]$|^(?:n\/?a|#n\/a|nan|null|none|-+)$/i.test(text)),
          () => `${JSON.stringify(cell)} read as ${JSON.stringify(got)}`,
        );
        return;
      }
      const got = column.numbers[row]!;
      holds(Math.abs(got) !== Infinity, () => `${JSON.stringify(cell)} read as ${got}`);
      if (wanted === null) holds(Number.isNaN(got), () => `a missing cell read as ${got}`);
      else if (isNumber(wanted)) holds(Object.is(got, Number(wanted)), () => `${wanted} read as ${got}`);
    });
  });
}
