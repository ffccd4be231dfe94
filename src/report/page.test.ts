import { assert as check, property, string } from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { penguinsRecord } from "../../test/fixtures/penguins-record.js";
import { canonicalJson } from "../run/canonical-json.js";
import type { RunRecord } from "../run/record.js";
import { printable } from "./html.js";
import { renderReport } from "./page.js";

const page = renderReport(penguinsRecord());
const { document } = parseHTML(page);
const texts = (selector: string): (string | null)[] =>
  [...document.querySelectorAll(selector)].map((element) => element.textContent);

/** The record with every name and word that came from data replaced. */
function renamed(text: string): RunRecord {
  const swaps: Record<string, string> = { species: text, Adelie: text, island: text, Biscoe: text };
  const swap = (value: unknown): unknown => {
    if (typeof value === "string") return swaps[value] ?? value;
    if (Array.isArray(value)) return value.map(swap);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [swaps[key] ?? key, swap(inner)]));
  };
  const record = swap(penguinsRecord()) as RunRecord; // same shape, other words
  return { ...record, name: text, warnings: [text] };
}

describe("renderReport", () => {
  it("is one page of its own: no script, no request, no other file", () => {
    expect(document.querySelectorAll("script, iframe, object, embed, img, [src]").length).toBe(0);
    const targets = [...document.querySelectorAll("[href]")].map((element) => element.getAttribute("href"));
    expect(targets.filter((target) => !target?.startsWith("#") && target !== "data:,")).toEqual([]);
    expect(page.replaceAll(/http:\/\/www\.w3\.org\/\S+/g, "")).not.toMatch(/https?:|url\(|@import/);
  });

  it("gives equal bytes for equal records", () => {
    expect(renderReport(penguinsRecord())).toBe(page);
  });

  it("tells the gains by fold where rows were tested in folds, and nothing of folds elsewhere", () => {
    const record = penguinsRecord();
    const gains = Object.fromEntries(record.evaluation.tasks.map(({ task }, i) => [task, i / 8]));
    const each = [0, 1, 2].map((fold) => ({ repeat: 0, fold, rows: 115 - fold, deltaM: fold, gains }));
    const evaluation = { ...record.evaluation, folds: { count: 3, repeats: 1, each } };
    const tables = [
      ...parseHTML(renderReport({ ...record, evaluation })).document.querySelectorAll("details table"),
    ];
    const table = tables.find((one) => one.textContent?.includes("tested by models of 3 folds"));
    expect([...table!.querySelectorAll("tbody tr")].map((row) => row.children[1]!.textContent)).toEqual([
      "115",
      "114",
      "113",
    ]);
    expect(table!.querySelector("tbody tr")!.textContent).toContain("+0.125");
    expect(page).not.toContain("Gains by fold");
  });

  it("tells its story in order", () => {
    expect(texts("h2").map((text) => text?.trim().replaceAll(/\s+/g, " "))).toEqual([
      "⚠ Read this first",
      "Together or alone",
      "Task by task",
      "Learning curves",
      "How the tasks relate",
      "What became of the data",
      "What was found in the data",
      "Use the model",
      "The same again",
    ]);
    expect(texts("h1")).toEqual(["penguins-1"]);
    expect(texts(".verdict")[0]).toMatch(/^Sharing helped 2 of 4 tasks, hurt none: body_mass_g/);
  });

  it("has a caption for every table, a label for every picture and a target for every link", () => {
    const tables = [...document.querySelectorAll("table")];
    expect(tables.every((table) => (table.querySelector("caption")?.textContent ?? "").trim() !== "")).toBe(
      true,
    );
    const pictures = [...document.querySelectorAll("svg")];
    expect(pictures.length).toBe(2 + 5 + 4 + 1);
    expect(pictures.every((picture) => (picture.getAttribute("aria-label") ?? "").length > 20)).toBe(true);
    const ids = new Set([...document.querySelectorAll("[id]")].map(({ id }) => id));
    expect(ids.size).toBe(document.querySelectorAll("[id]").length);
    const targets = [...document.querySelectorAll("[href^='#']")].map((link) =>
      link.getAttribute("href")!.slice(1),
    );
    expect(targets.filter((target) => !ids.has(target))).toEqual([]);
  });

  it("colours pictures through the page's variables only, so that they read in light and dark", () => {
    const colours = [...document.querySelectorAll("svg [fill], svg [stroke]")]
      .flatMap((element) => [element.getAttribute("fill"), element.getAttribute("stroke")])
      .filter((colour) => colour !== null && !/^(none|currentColor|var\(--[a-z-]+\))$/.test(colour));
    expect(colours).toEqual([]);
  });

  it("shows counts and row shares of the confusion matrix, and the options as they were", () => {
    const cells = [...document.querySelectorAll("#task-2 svg text")].map((text) => text.textContent);
    expect(cells).toContain("3191\u00A0%");
    expect(texts("details code").at(-1)).toBe(canonicalJson(penguinsRecord().study));
  });

  it("says nothing of warnings when there are none", () => {
    expect(renderReport({ ...penguinsRecord(), warnings: [] })).not.toContain('class="warnings"');
  });

  it.each([
    "<script>alert(1)</script>",
    "</script><b>",
    `"><img src=x onerror=y>`,
    "'); drop --",
    "]]>",
    "</style>",
  ])("shows %s wherever it stands and never obeys it", (text) => {
    const { document: hostile } = parseHTML(renderReport(renamed(text)));
    expect(hostile.querySelectorAll("*").length).toBe(
      parseHTML(renderReport(renamed("harmless"))).document.querySelectorAll("*").length,
    );
    expect(hostile.querySelector("h1")?.getAttribute("title")).toBe(text);
    expect([...hostile.querySelectorAll("svg title")].some((title) => title.textContent === text)).toBe(true);
  });

  it("keeps its structure for any name at all", () => {
    const plain = parseHTML(renderReport(renamed("x"))).document.querySelectorAll("script, img, h2").length;
    check(
      property(string({ unit: "binary", minLength: 1, maxLength: 40 }), (text) => {
        const { document: odd } = parseHTML(renderReport(renamed(text)));
        expect(odd.querySelectorAll("script, img, h2").length).toBe(plain);
        expect(odd.querySelector("h1")?.textContent).toBe(printable(text));
      }),
      { numRuns: 15 },
    );
  });

  it("draws a record in which nothing is defined", () => {
    const record = penguinsRecord();
    const nothing = { value: NaN, low: NaN, high: NaN, percent: NaN };
    const empty = renderReport({
      ...record,
      evaluation: {
        ...record.evaluation,
        tasks: record.evaluation.tasks.map((task) => ({ ...task, multi: {}, single: {}, gain: nothing })),
        deltaM: { percent: NaN, better: "higher" },
      },
      training: { multi: { epochs: [], bestEpoch: 0, steps: 0, seconds: 0 }, single: {} },
    });
    expect(empty).not.toMatch(/NaN|undefined|Infinity/);
  });
});
