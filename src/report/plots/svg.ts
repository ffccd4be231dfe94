import { plot, type PlotOptions } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { escapeHtml, printable, trusted, type Html } from "../html.js";

/** Colours by name: the page's style sheet gives each a value for light and one for dark. */
export const COLOUR = {
  ink: "var(--ink)",
  muted: "var(--muted)",
  line: "var(--line)",
  multi: "var(--multi)",
  single: "var(--single)",
  good: "var(--good)",
  bad: "var(--bad)",
  neutral: "var(--neutral)",
  heat: "var(--heat)",
  counterHeat: "var(--counter-heat)",
} as const;

/** Strongest shade of a heat map: text in the page's ink keeps a contrast of 4.5 on it, in light and dark. */
export const HEAT_OPACITY = 0.6;

/** Average width of a character of plot text in pixels; labels are measured with it, there being no font here. */
const CHARACTER_WIDTH = 7; // wide system fonts at 12 px

/** Room for the longest of some labels, in pixels. */
export function labelRoom(labels: readonly string[]): number {
  return Math.ceil(CHARACTER_WIDTH * Math.max(0, ...labels.map((label) => [...label].length))) + 14;
}

/**
 * Draws a plot as static SVG.
 *
 * @param label what the picture shows, for those who cannot see it.
 */
export function drawSvg(label: string, options: PlotOptions): Html {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figure = plot({
    document,
    className: "plot",
    ariaLabel: "",
    style: { background: "none", fontSize: "12px", overflow: "visible" },
    ...options,
  });
  figure.querySelector("style")?.remove();
  const markup = figure.outerHTML.replace("<svg ", `<svg role="img" aria-label="${escapeHtml(label)}" `);
  return trusted(printable(markup).replaceAll(' aria-label=""', ""));
}
