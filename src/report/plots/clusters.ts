import { barX, text } from "@observablehq/plot";
import type { EvaluationPlot } from "../../run/record.js";
import { html, shorten, type Html } from "../html.js";
import { formatCount, formatShare } from "../numbers.js";
import { commonest, countMap, cutMatrix, MOST_CLASSES } from "./confusion.js";
import { COLOUR, drawSvg, labelRoom } from "./svg.js";

const BAR_HEIGHT = 26;
const MOST_BARS = 30;

/** Sizes of the clusters on test rows and, where a reference was named, which known groups fell into which cluster. */
export function clustersPlot(
  task: string,
  names: readonly string[],
  plot: Extract<EvaluationPlot, { type: "clusters" }>,
): Html {
  const { sizes, reference } = plot;
  const label = (i: number): string => names[i] ?? `cluster ${i + 1}`;
  const shown = commonest(sizes, MOST_BARS);
  const note =
    shown.length < sizes.length
      ? html`<p class="note">The ${shown.length} largest of ${sizes.length} clusters.</p>`
      : null;
  const bars = shown.map((i) => ({ name: label(i), size: sizes[i] ?? 0 }));
  return html`${sizeBars(
    task,
    bars,
    sizes.reduce((a, b) => a + b, 0),
  )}
  ${note}
  ${
    reference &&
    referenceMap(
      task,
      reference,
      sizes.map((_, i) => label(i)),
    )
  }`;
}

function sizeBars(task: string, bars: readonly { name: string; size: number }[], total: number): Html {
  const names = bars.map(({ name }) => shorten(name, 16));
  const left = labelRoom(names);
  const words = ({ size }: { size: number }): string =>
    `${formatCount(size)} (${formatShare(total > 0 ? size / total : 0)})`;
  const picture = drawSvg(`Cluster sizes of ${shorten(task, 60)} on test rows.`, {
    width: 330,
    height: bars.length * BAR_HEIGHT + 8,
    marginLeft: left,
    marginRight: 84,
    marginTop: 4,
    marginBottom: 4,
    x: { axis: null, domain: [0, Math.max(1, ...bars.map(({ size }) => size))] },
    y: { type: "band", domain: bars.map((_, i) => i), axis: null, padding: 0.25 },
    marks: [
      barX(bars, { y: (_, i: number) => i, x: "size", fill: COLOUR.heat, fillOpacity: 0.7, rx: 3 }),
      text(bars, {
        y: (_, i: number) => i,
        x: "size",
        text: words,
        textAnchor: "start",
        dx: 6,
        fill: COLOUR.ink,
      }),
      text(names, {
        y: (_, i: number) => i,
        text: (name: string) => name,
        frameAnchor: "left",
        textAnchor: "end",
        dx: -8,
        fill: COLOUR.muted,
        title: (_, i: number) => bars[i]?.name ?? "",
      }),
    ],
  });
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Cluster sizes">${picture}</div>`;
}

function referenceMap(
  task: string,
  reference: { readonly classes: readonly string[]; readonly matrix: readonly (readonly number[])[] },
  clusters: readonly string[],
): Html {
  const totals = (lists: readonly (readonly number[])[]): number[] =>
    lists.map((list) => list.reduce((a, b) => a + b, 0));
  const rows = commonest(totals(reference.matrix), MOST_CLASSES);
  const columns = commonest(
    totals(clusters.map((_, c) => reference.matrix.map((row) => row[c] ?? 0))),
    MOST_CLASSES,
  );
  const shown = cutMatrix(
    { rows: reference.classes, columns: clusters, counts: reference.matrix },
    rows,
    columns,
  );
  const cut = rows.length < reference.classes.length || columns.length < clusters.length;
  const note = cut
    ? html`<p class="note">The commonest groups and clusters; the others are summed as “others”.</p>`
    : null;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Known groups by cluster">
      ${countMap(shown, {
        label: `Known groups of ${shorten(task, 60)} down, clusters across, counts and shares of the group.`,
        rowAxis: "known group",
        columnAxis: "cluster →",
        share: "of the group",
      })}
    </div>
    ${note}`;
}
