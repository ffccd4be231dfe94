import { assert as check, constantFrom, property, string } from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { escapeHtml, html, printable, shorten, trusted, type Part } from "./html.js";

const anyText = string({ unit: "binary" });

/** What a page shows for markup: its text, and the value of an attribute that holds the same. */
function parse(value: string): { text: string | null; attribute: string | null; elements: number } {
  const { document } = parseHTML(
    html`<!doctype html>
      <html>
        <body>
          <p title="${value}">${value}</p>
        </body>
      </html>`.markup,
  );
  const p = document.querySelector("p");
  return {
    text: p?.textContent ?? null,
    attribute: p?.getAttribute("title") ?? null,
    elements: document.querySelectorAll("body *").length,
  };
}

describe("html", () => {
  it("shows any text as itself and never as markup", () => {
    check(
      property(anyText, (value) => {
        expect(parse(value)).toEqual({ text: printable(value), attribute: printable(value), elements: 1 });
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    "<script>alert(1)</script>",
    "</script>",
    `" onload="x`,
    "' onload='x",
    "<!--",
    "]]>",
    "&amp;",
    "`${x}`",
  ])("shows %s as itself", (value) => {
    expect(parse(value)).toEqual({ text: value, attribute: value, elements: 1 });
  });

  it("keeps markup, joins lists and leaves nothing for nothing", () => {
    const parts: readonly Part[] = [
      html`<b>${"<"}</b>`,
      trusted("<i>"),
      "&",
      3,
      false,
      null,
      undefined,
      ["a", ["b"]],
    ];
    expect(html`${parts}`.markup).toBe("<b>&lt;</b><i>&amp;3ab");
  });

  it("replaces what HTML cannot hold", () => {
    expect(escapeHtml("a\u0000b\uD800c\u001B[1m")).toBe("a\uFFFDb\uFFFDc\uFFFD[1m");
  });
});

describe("shorten", () => {
  it("keeps to its limit in characters and never cuts one in two", () => {
    check(
      property(anyText, constantFrom(3, 8, 20), (value, limit) => {
        const short = shorten(value, limit);
        expect([...short].length).toBeLessThanOrEqual(Math.max(limit, 0));
        if ([...value].length <= limit) expect(short).toBe(value);
        else expect(short).toContain("…");
      }),
    );
  });
});
