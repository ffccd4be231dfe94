import { axisX, axisY, dot, gridY, lineY } from "@observablehq/plot";
import { escapeHtml } from "../src/report/html.js";
import { COLOUR, drawSvg } from "../src/report/plots/svg.js";

/** Times of one size, in milliseconds per step. */
export interface ScalingPoint {
  readonly tasks: number;
  readonly parameters: number;
  /** Rows in a batch. */
  readonly rows: number;
  readonly ours: number;
  readonly pytorch: number;
  /** The matrix products of the step alone. */
  readonly products: number;
}

/** All that a scaling chart shows. */
export interface Scaling {
  readonly machine: string;
  readonly against: string;
  readonly unit: "ms/step";
  /** Points by what grows in them. */
  readonly panels: Readonly<Record<"tasks" | "parameters" | "rows", readonly ScalingPoint[]>>;
}

const [PANEL, HEIGHT, TOP] = [300, 280, 64]; // pixels: a panel's width and height, and the room for title and key above

const LINES = {
  pytorch: { label: "PyTorch eager", stroke: COLOUR.single, dash: "5,3", width: 1.75 },
  ours: { label: "Kindred", stroke: COLOUR.multi, dash: "none", width: 2.25 },
  products: { label: "matrix products alone", stroke: COLOUR.muted, dash: "1,4", width: 2 },
} as const;

const TITLES = { tasks: "tasks", parameters: "parameters", rows: "rows in a batch" } as const;

/** Three small multiples on logarithmic axes with one scale of time: by tasks, by parameters, by rows. For light and dark pages. */
export function scalingChart({ machine, against, panels }: Scaling): string {
  const all = Object.values(panels).flat();
  const times = all.flatMap((point) => [point.ours, point.pytorch, point.products]);
  const domain: [number, number] = [Math.min(...times) * 0.8, Math.max(...times) * 1.25];
  const drawn = Object.entries(TITLES).map(([key, title], i) => {
    const markup = panel(panels[key as keyof typeof TITLES], key as keyof typeof TITLES, title, domain);
    return markup.replace("<svg ", `<svg x="${i * PANEL}" y="${TOP}" `);
  });
  const width = PANEL * drawn.length;
  const label =
    "Milliseconds per training step by number of tasks, parameters and rows, on logarithmic axes.";
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" viewBox="0 0 ${width} ${TOP + HEIGHT + 24}" width="${width}" height="${TOP + HEIGHT + 24}" font-family="system-ui, sans-serif" font-size="12">
<style>
svg { --ink: #1d2125; --muted: #5b636b; --line: #e4e2dd; --multi: #0b62a4; --single: #b35900; color: var(--ink); }
@media (prefers-color-scheme: dark) { svg { --ink: #e7e9eb; --muted: #a0a8b0; --line: #2f353b; --multi: #6db3f2; --single: #f2a65a; } }
</style>
<text x="8" y="20" fill="${COLOUR.ink}" font-size="14" font-weight="600">Milliseconds per training step</text>
${key()}
${drawn.join("\n")}
<text x="8" y="${TOP + HEIGHT + 16}" fill="${COLOUR.muted}" font-size="11">${escapeHtml(`${against}. ${machine}.`)}</text>
</svg>
`;
}

function panel(
  points: readonly ScalingPoint[],
  along: keyof typeof TITLES,
  title: string,
  domain: [number, number],
): string {
  const sides = Object.keys(LINES) as (keyof typeof LINES)[];
  const powers = [-3, -2, -1, 0, 1, 2, 3, 4]
    .map((power) => 10 ** power)
    .filter((value) => value >= domain[0] && value <= domain[1]);
  const label = `By ${title}: ${points.map((point) => `${point[along]}: ${point.ours.toPrecision(3)} ms`).join(", ")}.`;
  return drawSvg(label, {
    width: PANEL,
    height: HEIGHT,
    marginLeft: 48,
    marginRight: 16,
    marginTop: 16,
    marginBottom: 40,
    x: { type: "log", domain: [points[0]![along], points.at(-1)![along]] },
    y: { type: "log", domain },
    marks: [
      gridY(powers, { stroke: COLOUR.line, strokeOpacity: 1 }),
      axisX({
        label: `${title} →`,
        labelArrow: "none",
        labelAnchor: "right",
        ticks: 4,
        tickFormat: short,
        tickSize: 0,
        color: COLOUR.muted,
      }),
      axisY(powers, { label: null, tickFormat: short, tickSize: 0, color: COLOUR.muted }),
      ...sides.flatMap((side) => {
        const { stroke, dash, width } = LINES[side];
        const line = { x: along, y: side, stroke, strokeWidth: width, strokeDasharray: dash };
        return [
          lineY(points, { ...line, strokeLinecap: "round" }),
          ...(side === "products" ? [] : [dot(points, { x: along, y: side, r: 2.5, fill: stroke })]),
        ];
      }),
    ],
  }).markup;
}

function key(): string {
  return Object.values(LINES)
    .map(({ label, stroke, dash, width }, i) => {
      const x = 8 + i * 170;
      return `<line x1="${x}" x2="${x + 28}" y1="42" y2="42" stroke="${stroke}" stroke-width="${width}" stroke-dasharray="${dash}" stroke-linecap="round"/><text x="${x + 36}" y="46" fill="${COLOUR.muted}">${label}</text>`;
    })
    .join("\n");
}

/** Powers of ten as people write them, other ticks not at all. */
function short(value: number): string {
  const power = Math.log10(value);
  if (Math.abs(power - Math.round(power)) > 1e-9) return "";
  if (value >= 1e6) return `${value / 1e6} M`;
  return value >= 1e4 ? `${value / 1e3} k` : `${Number(value.toPrecision(3))}`;
}
