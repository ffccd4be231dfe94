import { describe, expect, it } from "vitest";
import type { StudyEvent } from "../study/events.js";
import { bar, clip, lossText } from "./bars.js";
import { modelsBoard } from "./models-board.js";
import { plainProgress } from "./progress.js";

const epoch = (
  number: number,
  more: Partial<Extract<StudyEvent, { type: "epoch" }>> = {},
): Extract<StudyEvent, { type: "epoch" }> => ({
  type: "epoch",
  model: "multi-task",
  epoch: number,
  epochs: 40,
  losses: { price: 0.5, sold: 0.25 },
  validation: { price: 0.75, sold: 0.5 },
  ...more,
});

describe("a bar", () => {
  it("always has the width it was asked for", () => {
    for (const share of [-1, 0, 0.01, 0.5, 0.999, 1, 2]) expect([...bar(share, 20)]).toHaveLength(20);
    expect(bar(0.5, 4)).toBe("██··");
    expect(bar(1, 3)).toBe("███");
  });
});

describe("a loss", () => {
  it("is short whatever its size, and a dash when it is no number", () => {
    expect([0.1234, 12.34, 1234.5, 0.00001, 1e9, 0, Number.NaN].map(lossText)).toEqual([
      "0.123",
      "12.3",
      "1235",
      "1.0e-5",
      "1.0e+9",
      "0.000",
      "–",
    ]);
  });
});

describe("the board of models", () => {
  it("shows one line per running model, with training and validation losses, cut to the terminal", () => {
    const board = modelsBoard();
    board.epoch(epoch(10));
    board.epoch({ ...epoch(11), validation: { price: 0.7, sold: 0.4 } });
    board.epoch(epoch(4, { model: "price", losses: { price: 0.9 } }));
    const [multi, single] = board.lines(120);
    expect(multi).toMatch(/^multi-task {2}█████▌·+ 11\/40 {2}price 0\.500\/0\.700 {2}sold 0\.250\/0\.400$/);
    expect(single).toMatch(/^price alone ██·+ {2}4\/40 {2}price 0\.900\/0\.750$/);
    expect(board.lines(30).every((line) => line.length <= 30)).toBe(true);
    board.trained({ type: "trained", model: "price", bestEpoch: 3, epochs: 4, seconds: 1 });
    expect(board.lines(120)).toHaveLength(1);
  });

  it("keeps the last validation losses while an epoch is under way", () => {
    const board = modelsBoard();
    board.epoch(epoch(1));
    const { type, model, epochs, losses } = epoch(2);
    board.epoch({ type, model, epochs, losses, epoch: 2 });
    expect(board.lines(120)[0]).toContain("price 0.500/0.750");
  });
});

describe("plain progress", () => {
  it("prints stages and notices as they come and about ten lines a model", () => {
    const lines: string[] = [];
    const { onEvent } = plainProgress((text) => lines.push(text));
    onEvent({ type: "stage", stage: "reading", detail: "a.csv" });
    onEvent({ type: "notice", level: "warning", text: "column x copies price" });
    for (let number = 1; number <= 40; number += 1) onEvent(epoch(number));
    onEvent({ type: "trained", model: "multi-task", bestEpoch: 31, epochs: 40, seconds: 2.25 });
    expect(lines[0]).toBe("Reading  a.csv");
    expect(lines[1]).toBe("Warning  column x copies price");
    expect(lines.filter((line) => /\d+\/40/.test(line))).toHaveLength(10);
    expect(lines.at(-1)).toBe("  multi-task: best epoch 31 of 40, 2.3 s");
  });
});

describe("a clipped line", () => {
  it("ends with an ellipsis only where something is lost", () => {
    expect(clip("abc", 3)).toBe("abc");
    expect(clip("abcd", 3)).toBe("ab…");
  });
});
