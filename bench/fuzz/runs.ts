import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { renderReport, summaryLines } from "../../src/report/index.js";
import { readRun } from "../../src/run/index.js";
import { MANIFEST_FILE, RECORD_FILE, RUN_FORMAT, seal } from "../../src/run/manifest.js";
import { penguinsRecord } from "../../test/fixtures/penguins-record.js";
import { type Edit, edited, edits } from "./edits.js";
import { freshFolder } from "./csv.js";
import { type JsonChange, jsonChange, withChanges } from "./json-change.js";
import { type FuzzTarget, holds, outcomeOf, type TargetMaker } from "./target.js";

/** A run folder whose record or manifest was changed; with `sealed` the manifest was made to fit the record again. */
interface RunInput {
  readonly record: readonly JsonChange[];
  readonly recordBytes: readonly Edit[];
  readonly manifest: readonly JsonChange[];
  readonly manifestBytes: readonly Edit[];
  readonly sealed: boolean;
}

const none = fc.constant([]);
const changes = fc.array(jsonChange, { minLength: 1, maxLength: 3 });

const inputs: fc.Arbitrary<RunInput> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      record: changes,
      recordBytes: none,
      manifest: none,
      manifestBytes: none,
      sealed: fc.constant(true),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      record: none,
      recordBytes: edits(1, 3),
      manifest: none,
      manifestBytes: none,
      sealed: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      record: none,
      recordBytes: none,
      manifest: changes,
      manifestBytes: none,
      sealed: fc.constant(true),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      record: none,
      recordBytes: none,
      manifest: none,
      manifestBytes: edits(1, 3),
      sealed: fc.constant(true),
    }),
  },
);

const RECORD = JSON.parse(JSON.stringify(penguinsRecord())) as unknown;
const MODEL = Buffer.from("model");

/** Damaged run folders: each is read and reported on, or refused. */
export const runsTarget: TargetMaker = async (folder) => {
  const place = await freshFolder(folder, "runs");
  return {
    name: "runs",
    inputs,
    save: (input) => JSON.stringify(input, undefined, 1),
    run: async (input) => {
      const run = join(place, "run");
      await mkdir(run, { recursive: true });
      const record = edited(
        Buffer.from(JSON.stringify(withChanges(RECORD, input.record))),
        input.recordBytes,
      );
      const sealed = input.sealed ? record : Buffer.from(JSON.stringify(RECORD));
      const manifest = {
        kind: "kindred-run",
        format: RUN_FORMAT,
        files: { [RECORD_FILE]: seal(sealed), "model.onnx": seal(MODEL) },
      };
      const text = JSON.stringify(withChanges(manifest, input.manifest));
      await writeFile(join(run, RECORD_FILE), record);
      await writeFile(join(run, "model.onnx"), MODEL);
      await writeFile(join(run, MANIFEST_FILE), edited(Buffer.from(text), input.manifestBytes));
      try {
        return await outcomeOf(async () => {
          const read = await readRun(run);
          holds(summaryLines(read.record).length > 0, () => "an empty summary");
          if (input.record.length % 2 === 1)
            holds(renderReport(read.record).startsWith("<!doctype html>"), () => "no page");
          await read.file("model.onnx");
        });
      } finally {
        await rm(run, { recursive: true, force: true });
      }
    },
  } satisfies FuzzTarget<RunInput>;
};
