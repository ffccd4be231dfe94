import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import { penguinsRecord } from "../../test/fixtures/penguins-record.js";
import { canonicalJson } from "./canonical-json.js";
import { runRecordSchema } from "./record-schema.js";
import type { RunRecord } from "./record.js";

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

describe("runRecordSchema", () => {
  it("describes exactly the record's type", () => {
    expectTypeOf<Frozen<z.infer<typeof runRecordSchema>>>().toEqualTypeOf<Frozen<RunRecord>>();
    expect(runRecordSchema.safeParse({}).success).toBe(false);
  });

  it("gives a written record back unchanged", () => {
    const record = penguinsRecord();
    expect(runRecordSchema.parse(JSON.parse(canonicalJson(record)))).toEqual(record);
  });

  it("reads a measure that was not finite as NaN", () => {
    const record = penguinsRecord();
    const undefinedMean = {
      ...record.evaluation,
      deltaM: { percent: Number.NaN, better: "higher" as const },
    };
    const written = canonicalJson({ ...record, evaluation: undefinedMean });
    expect(runRecordSchema.parse(JSON.parse(written)).evaluation.deltaM.percent).toBeNaN();
  });
});
