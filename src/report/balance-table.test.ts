import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import type { LabelBalance, TaskRecord } from "../run/record.js";
import { balanceTable } from "./balance-table.js";

const task = (classes?: readonly string[]): TaskRecord => ({
  name: "y",
  kind: classes ? "multiclass" : "regression",
  labelled: { train: 1200, validation: 30, test: 0 },
  because: "set",
  ...(classes && { classes }),
});

/** Cells by row, the head first, and the caption. */
function drawn(
  of: TaskRecord,
  train: LabelBalance,
  test: LabelBalance,
): { rows: string[][]; caption: string } {
  const markup = balanceTable(of, { train, validation: train, test }).markup;
  const { document } = parseHTML(`<!doctype html><html><body>${markup}</body></html>`);
  const text = (node: { textContent: string | null }): string => (node.textContent ?? "").trim();
  const rows = [...document.querySelectorAll("tr")].map((row) =>
    [...row.querySelectorAll("th, td")].map(text),
  );
  return { rows, caption: text(document.querySelector("caption")!) };
}

describe("the table of labels in each part", () => {
  it("shows the mean of numbers, and a dash for a part without a label", () => {
    expect(drawn(task(), { mean: 1.5 }, { mean: Number.NaN })).toEqual({
      caption: "Labels in each part",
      rows: [
        ["Part", "Labelled", "Mean"],
        ["train", "1200", "1.5"],
        ["validation", "30", "1.5"],
        ["test", "0", "–"],
      ],
    });
  });

  it("shows the share of every class, and says how many do not fit", () => {
    const few = drawn(task(["a", "b"]), { shares: [0.25, 0.75] }, { shares: [0, 0] });
    expect(few.rows[0]).toEqual(["Part", "Labelled", "a", "b"]);
    expect(few.rows[1]!.slice(2)).toEqual(["25\u00A0%", "75\u00A0%"]);
    expect(few.rows[3]!.slice(2)).toEqual(["0\u00A0%", "0\u00A0%"]);
    const names = Array.from({ length: 11 }, (_, i) => `c${i}`);
    const shares = names.map(() => 1 / 11);
    const many = drawn(task(names), { shares }, { shares });
    expect(many.caption).toBe("Labels in each part, 3 more classes not shown");
    expect(many.rows.map(({ length }) => length)).toEqual([10, 10, 10, 10]);
  });
});
