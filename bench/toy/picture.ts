import { COLOUR } from "../../src/report/plots/svg.js";
import { PARETO_SET, type Point, STARTS, toyLosses } from "./problem.js";

/** Where methods went: for each, a thinned path from every starting point. */
export type Paths = Readonly<Record<string, readonly (readonly Point[])[]>>;

const COLUMNS = 5;
const [PANEL, GAP, TITLE, TOP] = [150, 14, 20, 30]; // pixels
const [FIRST, SECOND]: readonly Point[] = [
  [-2.15, 1.15],
  [-21, 12],
]; // the losses shown
const HUES = ["#0b62a4", "#b35900", "#2e7d32", "#8e3b8a", "#a8323e"]; // of the starting points

/** Paths of every method in the plane of losses, a panel each, with the Pareto front. For light and dark pages. */
export function toyPicture(paths: Paths, titles: Readonly<Record<string, string>>): string {
  const slugs = Object.keys(paths);
  const rows = Math.ceil(slugs.length / COLUMNS);
  const [width, height] = [COLUMNS * (PANEL + GAP) + GAP, TOP + rows * (PANEL + TITLE + GAP) + GAP];
  const front = PARETO_SET.filter((_, i) => i % 10 === 0).map((point) => toyLosses(point).losses);
  const panels = slugs.map((slug, i) => {
    const [x, y] = [
      GAP + (i % COLUMNS) * (PANEL + GAP),
      TOP + Math.floor(i / COLUMNS) * (PANEL + TITLE + GAP),
    ];
    return `<g transform="translate(${x},${y})"><text y="13" fill="${COLOUR.ink}" font-size="12">${titles[slug] ?? slug}</text><g transform="translate(0,${TITLE})">
<rect width="${PANEL}" height="${PANEL}" fill="none" stroke="${COLOUR.line}"/>
<path d="${lineOf(front)}" fill="none" stroke="${COLOUR.muted}" stroke-width="5" stroke-opacity=".5" stroke-linecap="round"/>
${paths[slug]!.map((path, s) => pathMarks(path, HUES[s % HUES.length]!)).join("\n")}
</g></g>`;
  });
  const label = `Paths of ${slugs.length} methods on the toy problem in the plane of its two losses, from ${STARTS.length} starting points.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif">
<style>
svg { --ink: #1d2125; --muted: #5b636b; --line: #e4e2dd; }
@media (prefers-color-scheme: dark) { svg { --ink: #e7e9eb; --muted: #a0a8b0; --line: #2f353b; } path.way { filter: brightness(1.6); } }
</style>
<text x="${GAP}" y="18" fill="${COLOUR.muted}" font-size="11">across: first loss; up: second loss; grey: Pareto front; ○ start, ● end</text>
${panels.join("\n")}
</svg>
`;
}

function pathMarks(path: readonly Point[], hue: string): string {
  const points = path.map((point) => toyLosses(point).losses);
  const [from, to] = [placeOf(points[0]!), placeOf(points.at(-1)!)];
  return `<path class="way" d="${lineOf(points)}" fill="none" stroke="${hue}" stroke-width="1.5"/><circle cx="${from[0]}" cy="${from[1]}" r="3" fill="none" stroke="${hue}"/><circle cx="${to[0]}" cy="${to[1]}" r="3.5" fill="${hue}"/>`;
}

const lineOf = (points: readonly Point[]): string => `M${points.map((p) => placeOf(p).join(",")).join("L")}`;

/** Pixels of a pair of losses in a panel, to a tenth. */
function placeOf([a, b]: Point): readonly [number, number] {
  const share = (value: number, [low, high]: Point): number =>
    Math.min(1, Math.max(0, (value - low) / (high - low)));
  const round = (value: number): number => Math.round(10 * value) / 10;
  return [round(PANEL * share(a, FIRST!)), round(PANEL * (1 - share(b, SECOND!)))];
}
