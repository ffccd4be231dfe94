import { describe, expect, it } from "vitest";
import { penguinsRecord } from "../../test/fixtures/penguins-record.js";
import type { RunRecord, TaskEvaluation } from "../run/record.js";
import { renderTable, summaryLines, verdictLine, type Painter } from "./terminal.js";

/** The record with its tasks' evaluations changed. */
function withTasks(change: (task: TaskEvaluation, index: number) => TaskEvaluation): RunRecord {
  const record = penguinsRecord();
  return { ...record, evaluation: { ...record.evaluation, tasks: record.evaluation.tasks.map(change) } };
}

describe("summaryLines", () => {
  it("prints the table that is kept as golden", async () => {
    await expect(`${summaryLines(penguinsRecord()).join("\n")}\n`).toMatchFileSnapshot(
      "../../test/golden/summary.txt",
    );
  });

  it("paints good verdicts good, bad ones bad, and loses no text to paint", () => {
    const tag = (name: string) => (text: string) => `<${name}>${text}</${name}>`;
    const painter: Painter = { good: tag("good"), bad: tag("bad"), dim: tag("dim"), bold: tag("bold") };
    const hurt = withTasks((task, i) => (i === 0 ? { ...task, verdict: "hurt" } : task));
    const painted = summaryLines(hurt, painter).join("\n");
    expect(painted).toContain("<good>helped</good>");
    expect(painted).toContain("<bad>hurt</bad>");
    expect(painted.replaceAll(/<\/?(good|bad|dim|bold)>/g, "").replaceAll(/ +$/gm, "")).toBe(
      summaryLines(hurt).join("\n"),
    );
  });

  it("paints a mean gain of nothing neither good nor bad", () => {
    const plain = (text: string): string => text;
    const painter: Painter = {
      good: (text) => `+${text}+`,
      bad: (text) => `-${text}-`,
      dim: plain,
      bold: plain,
    };
    const painted = (percent: number): string => {
      const record = penguinsRecord();
      const deltaM = { ...record.evaluation.deltaM, percent };
      return summaryLines({ ...record, evaluation: { ...record.evaluation, deltaM } }, painter).join("\n");
    };
    expect(painted(0)).toContain("Δm 0.0 % ");
    expect(painted(2)).toContain("Δm ++2.0 %+ ");
    expect(painted(-2)).toContain("Δm --2.0 %- ");
  });

  it("keeps columns aligned for long, wide and hostile names, and lets no control through", () => {
    const names = ["x".repeat(200), "日本語の列名", "a\u001B[31m\nb", "\u202Etxt"];
    const lines = renderTable(withTasks((task, i) => ({ ...task, task: names[i]! })));
    expect(lines.join("")).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
    const column = lines[0]!.indexOf("kind");
    expect(lines[1]!.slice(0, column)).toBe(`${"x".repeat(27)}…  `);
    expect(lines[2]!.indexOf("日本語の列名")).toBe(0);
    expect(lines[2]!.slice(6, column - 6).trim()).toBe("");
    expect(lines[3]!.startsWith("a\uFFFD[31m b")).toBe(true);
  });

  it("tells of how rows were drawn what the smallest and the largest task have of labels and of visits", () => {
    const record = penguinsRecord();
    const tasks = {
      a: { labelled: 900, visits: 500, share: 0.5 },
      b: { labelled: 100, visits: 500, share: 0.5 },
    };
    const drawn = (policy: "equal" | "proportional"): string =>
      summaryLines({
        ...record,
        training: { ...record.training, sampling: { policy, temperature: 5, tasks } },
      }).join("\n");
    expect(drawn("equal")).toContain(
      "Sampling equal: the smallest task has 100 labelled rows, 10 % of all labels, and 50 % of the visits of an epoch; the largest task has 900 labelled rows, 90 % of all labels, and 50 % of the visits of an epoch.",
    );
    expect(drawn("proportional")).not.toContain("Sampling");
  });

  it("prints a dash for what is undefined", () => {
    const lines = renderTable(
      withTasks((task) => ({ ...task, multi: {}, gain: { value: NaN, low: NaN, high: NaN, percent: NaN } })),
    );
    expect(lines[1]).toMatch(/0\.9855\s+–\s+–\s+\[–, –\]/);
  });
});

describe("verdictLine", () => {
  it("counts, names by size and says which way Δm points", () => {
    expect(verdictLine(penguinsRecord())).toBe(
      "Sharing helped 2 of 4 tasks, hurt none: body_mass_g +7.8 %, sex +5.2 %; Δm +3.1 % (positive means the multi-task model is better).",
    );
  });

  it("says when nothing differs, and does not list every one of many", () => {
    expect(verdictLine(withTasks((task) => ({ ...task, verdict: "neutral" })))).toMatch(
      /^Sharing made no clear difference to any of 4 tasks; Δm \+3\.1 % /,
    );
    const record = penguinsRecord();
    const many = Array.from({ length: 9 }, (_, i) => ({ ...record.evaluation.tasks[1]!, task: `t${i}` }));
    expect(verdictLine({ ...record, evaluation: { ...record.evaluation, tasks: many } })).toMatch(
      /^Sharing helped 9 of 9 tasks, hurt none: t0 \+5\.2 %, .* and 5 more; /,
    );
  });
});
