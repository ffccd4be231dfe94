import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StudyOptions } from "./options.js";
import { completeStudy } from "./schema-complete.js";
import { isStreamed } from "./stream-study.js";
import { type TrainedModel, openStudy } from "./study.js";

const ROWS = 6000;
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-stream-study-"));
  file = join(folder, "rows.parquet");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const uniform = (k: number): string => `((hash(i * 16 + ${k}) >> 11)::DOUBLE / 9007199254740992.0)`;
  await connection.run(`COPY (SELECT a, b, c, word, code, day, flag, a + 0.5 * b + CASE WHEN word = 'two' THEN 1 ELSE 0 END + 0.2 * ${uniform(8)} AS amount,
      CASE WHEN ${uniform(9)} < 0.3 THEN NULL WHEN a - b + code + 0.5 * ${uniform(10)} > 2 THEN 'high' ELSE 'low' END AS grade
    FROM (SELECT i, ${uniform(1)} AS a, CASE WHEN ${uniform(2)} < 0.1 THEN NULL ELSE ${uniform(3)} END AS b, ${uniform(4)}::FLOAT AS c,
      ['one', 'two', 'three'][1 + (hash(i * 16 + 5) % 3)::INTEGER] AS word, (hash(i * 16 + 6) % 4)::BIGINT AS code,
      DATE '2020-01-01' + (hash(i * 16 + 7) % 900)::INTEGER AS day, ${uniform(11)} < 0.5 AS flag FROM range(${ROWS}) r(i)))
    TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
  connection.closeSync();
});

afterAll(() => rm(folder, { recursive: true }));

const options = (more: Partial<StudyOptions> = {}): StudyOptions =>
  completeStudy(
    {
      data: file,
      tasks: { amount: {}, grade: {} },
      types: { code: "category" },
      sharing: { trunk: [16], members: 2 },
      budget: { epochs: 6 },
      ...more,
    } as Parameters<typeof completeStudy>[0],
    "test",
  );

async function train(given: StudyOptions, into: object = {}): Promise<TrainedModel> {
  const model = await (await openStudy(given)).train(into);
  await model.close();
  return model;
}

const bestLosses = ({ record: { training } }: TrainedModel): Record<string, number | null> =>
  training.multi.epochs.find(({ epoch }) => epoch === training.multi.bestEpoch)!.validation;

describe("a streamed study", () => {
  test("decides as one in memory does, and comes as far", async () => {
    const streamed = await train(options({ stream: "always" }));
    const inMemory = await train(options({ stream: "never" }));
    const { inMemory: held, ...parts } = streamed.record.data.split;
    expect(parts).toEqual(inMemory.record.data.split);
    expect(held).toEqual({ train: parts.train, validation: parts.validation, test: parts.test });
    expect(streamed.record.data.columns).toEqual(inMemory.record.data.columns);
    expect(streamed.record.model.inputs).toEqual(inMemory.record.model.inputs);
    expect(streamed.record.tasks).toEqual(inMemory.record.tasks);
    const [ours, theirs] = [bestLosses(streamed), bestLosses(inMemory)];
    for (const task of ["amount", "grade"]) {
      // other batches of the same rows: far below what a model of the mean alone gets, and near each other
      expect(ours[task]!).toBeLessThan(0.5);
      expect(ours[task]! / theirs[task]!).toBeGreaterThan(0.6);
      expect(ours[task]! / theirs[task]!).toBeLessThan(1.6);
    }
  });

  test.each<readonly [string, () => Partial<StudyOptions>]>([
    ["plain", () => ({})],
    [
      "periodic",
      () => ({
        encoding: { ...options().encoding, numbers: "periodic" },
        sharing: { ...options().sharing, blocks: "residual", trunk: [16, 16] },
      }),
    ],
  ])("gives the same bytes for the same seed, also after an interruption: %s", async (name, more) => {
    const given = options({ stream: "always", budget: { ...options().budget, epochs: 3 }, ...more() });
    const whole = await train(given);
    const into = { folder: join(folder, name), checkpointSeconds: 0 };
    const stop = new AbortController();
    let slices = 0;
    const onEvent = ({ type }: { type: string }): void => {
      if (type === "epoch" && (slices += 1) === 12) stop.abort();
    };
    await expect(train(given, { ...into, onEvent, signal: stop.signal })).rejects.toThrow(/abort/i);
    const resumed = await train(given, { ...into, resume: true });
    expect(Buffer.from(resumed.modelBytes).equals(Buffer.from(whole.modelBytes))).toBe(true);
  });

  test("refuses what needs all rows in memory, each in one line", async () => {
    const refused = (more: Partial<StudyOptions>): Promise<unknown> =>
      openStudy(options({ stream: "always", ...more }));
    await expect(refused({ tasks: { groups: { kind: "clustering" } } })).rejects.toThrow(
      /needs all rows in memory/,
    );
    await expect(refused({ split: { ...options().split, kind: "stratified" } })).rejects.toThrow(
      /stratified split/,
    );
    await expect(refused({ sampling: { policy: "equal", temperature: 5 } })).rejects.toThrow(
      /sampling equal/,
    );
    await expect(refused({ balance: "modo" })).rejects.toThrow(/balance modo draws several batches a step/);
    const table = join(folder, "rows.csv");
    await writeFile(table, "a,b\n1,2\n3,4\n");
    await expect(refused({ data: table })).rejects.toThrow(/must be one Parquet file .* got .*rows.csv/);
  });

  test("is chosen for Parquet files that would not fit in memory, and never where it is switched off", async () => {
    expect(await isStreamed(options())).toBe(false);
    expect(await isStreamed(options({ stream: "always" }))).toBe(true);
    expect(await isStreamed(options({ data: join(folder, "rows.csv") }))).toBe(false);
    expect(await isStreamed(options({ data: join(folder, "missing.parquet") }))).toBe(false);
  });
});
