import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { methodPages } from "../scripts/make-method-pages.js";

const FOLDER = new URL("../docs/methods/", import.meta.url);

describe("the pages of methods", () => {
  const pages = methodPages();

  it("are those of all methods there are, as scripts/make-method-pages.ts writes them", () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual(Object.keys(pages).toSorted());
    for (const [name, text] of Object.entries(pages))
      expect(readFileSync(new URL(name, FOLDER), "utf8"), name).toBe(text);
  });

  it("say what each computes, name its paper and where it departs from it", () => {
    for (const [name, text] of Object.entries(pages)) {
      if (name === "README.md") continue;
      for (const heading of ["What it computes", "When it helps", "Options", "Cost", "Paper", "Departures"])
        expect(text, name).toMatch(new RegExp(`## ${heading}\n\n\\S`));
    }
  });
});
