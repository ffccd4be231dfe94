import { describe, expect, it } from "vitest";
import { penguinsRecord } from "../../test/fixtures/penguins-record.js";
import type { DataRecord, RunRecord } from "../run/record.js";
import { dataSection } from "./data-section.js";
import { partRows, streamedWords, testedRows } from "./streamed-words.js";
import { summaryLines } from "./terminal.js";

const SPLIT = { how: "random", train: 7_000_000, validation: 30_000, test: 2_000_000 };
const IN_MEMORY = { train: 100_000, validation: 30_000, test: 100_000 };

/** Text with plain spaces between thousands. */
const plain = (text: string): string => text.replaceAll(/[\u00a0\u2009\u202f]/g, " ");
const page = (data: DataRecord): string => plain(dataSection(data).markup);

function streamed(): RunRecord {
  const record = penguinsRecord();
  return {
    ...record,
    data: { ...record.data, rows: 9_030_000, split: { ...SPLIT, inMemory: IN_MEMORY } },
  };
}

describe("what a report says of a streamed table", () => {
  it("is how many of the test rows decided, in the terminal and in the report", () => {
    expect(plain(summaryLines(streamed()).join("\n"))).toContain(
      "resamples of 100000 of the 2000000 test rows.",
    );
    expect(page(streamed().data)).toContain("verdict rests on 100 000 test rows, drawn by the seed");
    expect(plain(partRows(streamed().data.split, "train"))).toBe("7 000 000");
    expect(plain(partRows(streamed().data.split, "validation"))).toBe("30 000");
    expect(plain(partRows(streamed().data.split, "test"))).toBe("100 000 of 2 000 000");
  });

  it("is nothing where all rows were in memory", () => {
    expect(streamedWords(SPLIT)).toBe("");
    expect(testedRows(SPLIT)).toBe("the test rows");
    expect(summaryLines(penguinsRecord()).join("\n")).toContain("resamples of the test rows.");
    expect(page(penguinsRecord().data)).not.toContain("streamed");
  });

  it("gives missing values as shares of the rows that were counted", () => {
    const { data } = streamed();
    const [first, ...rest] = data.columns;
    const record: DataRecord = { ...data, columns: [{ ...first!, missing: 115_000 }, ...rest] };
    expect(page(record)).toContain("50 %");
  });
});
