import { axisX, axisY, cell, text } from "@observablehq/plot";
import { shorten, type Html } from "../html.js";
import { COLOUR, drawSvg, HEAT_OPACITY, labelRoom } from "./svg.js";

/** One cell: where, how strong in [−1, 1] (negative takes the other colour), what stands in it. */
export interface HeatCell {
  readonly row: number;
  readonly column: number;
  readonly strength: number;
  readonly lines: readonly string[];
  /** The whole truth about the cell, shown when the pointer rests on it. */
  readonly title: string;
}

/** What a heat map shows beside its cells. */
export interface HeatMapOptions {
  readonly label: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly rowAxis: string;
  readonly columnAxis: string;
  readonly cellSize: number;
  /** Whether texts stand in the cells; without them cells may be small. */
  readonly texts: boolean;
}

const LABEL_LENGTH = 16;
const SLANT = 40; // degrees: long column labels stay readable and take little height

/** A matrix as shaded cells with their numbers, row and column names beside them. */
export function heatMap(cells: readonly HeatCell[], options: HeatMapOptions): Html {
  const { rows, columns, cellSize } = options;
  const rowNames = rows.map((name) => shorten(name, LABEL_LENGTH));
  const columnNames = columns.map((name) => shorten(name, LABEL_LENGTH));
  const slanted = columnNames.some((name) => [...name].length * 7 > cellSize);
  const slantedRoom = Math.ceil(labelRoom(columnNames) * Math.sin((SLANT * Math.PI) / 180)) + 12;
  const left = labelRoom(rowNames) + (options.rowAxis === "" ? 0 : 22);
  const top = (slanted ? slantedRoom : 20) + (options.columnAxis === "" ? 0 : 24);
  const right = slanted ? Math.ceil(labelRoom(columnNames.slice(-2)) * 0.78) : 8;
  return drawSvg(options.label, {
    width: left + columns.length * cellSize + right,
    height: top + rows.length * cellSize + 6,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: 6,
    x: { type: "band", domain: columns.map((_, i) => i), padding: 0.04 },
    y: { type: "band", domain: rows.map((_, i) => i), padding: 0.04 },
    opacity: { type: "identity" },
    marks: [
      axisX({
        anchor: "top",
        tickSize: 0,
        tickFormat: (i: number) => columnNames[i] ?? "",
        ...(slanted ? { tickRotate: -SLANT, textAnchor: "start" } : {}),
        label: options.columnAxis,
        labelAnchor: "left",
        labelArrow: "none",
        labelOffset: top - 4,
        color: COLOUR.muted,
      }),
      axisY({
        tickSize: 0,
        tickFormat: (i: number) => rowNames[i] ?? "",
        label: options.rowAxis,
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: left - 6,
        color: COLOUR.muted,
      }),
      cell(cells, {
        x: "column",
        y: "row",
        rx: 3,
        fill: ({ strength }: HeatCell) => (strength < 0 ? COLOUR.counterHeat : COLOUR.heat),
        fillOpacity: ({ strength }: HeatCell) =>
          0.05 + (HEAT_OPACITY - 0.05) * Math.min(1, Math.abs(strength) || 0),
        title: "title",
      }),
      options.texts
        ? text(cells, {
            x: "column",
            y: "row",
            text: ({ lines }: HeatCell) => lines.join("\n"),
            fill: ({ strength }: HeatCell) => (strength === 0 ? COLOUR.muted : COLOUR.ink),
            fontVariant: "tabular-nums",
            lineHeight: 1.25,
            pointerEvents: "none",
          })
        : null,
    ],
  });
}
