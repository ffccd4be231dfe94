import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { html } from "./html.js";
import { mixturesTables, readWords } from "./mixtures.js";

describe("what tasks read", () => {
  it("is told with the largest share first, one alone by its name", () => {
    expect(readWords(["expert 1", "expert 2"], [0.29, 0.71])).toBe("expert 2 71 %, expert 1 29 %");
    expect(readWords(["branch 1", "branch 2", "branch 3"], [0, 1, 0])).toBe("branch 2");
    expect(readWords(["a", "b", "c"], [0.6, 0.399, 0.001])).toBe("a 60 %, b 40 %, 1 more");
  });

  it("names at most six choices and counts the others", () => {
    const many = fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), { minLength: 7, maxLength: 9 });
    fc.assert(
      fc.property(many, (drawn) => {
        const sum = drawn.reduce((total, x) => total + x, 0);
        const words = readWords(
          drawn.map((_, i) => `e${i}`),
          drawn.map((x) => x / sum),
        ).split(", ");
        expect(words).toHaveLength(7);
        expect(words.at(-1)).toBe(`${drawn.length - 6} more`);
      }),
    );
  });

  it("is a table for each mixture, names escaped", () => {
    const page = html`${mixturesTables([
      { name: "tasks", readers: ["<a>", "b"], choices: ["branch 1"], weights: [[1], [1]] },
      { name: "layer 2", readers: ["branch 1"], choices: ["branch 1"], weights: [[1]] },
    ])}`.markup;
    expect(page.match(/<table>/g)).toHaveLength(2);
    expect(page).toContain("&lt;a&gt;");
    expect(page).not.toContain("<a>");
  });
});
