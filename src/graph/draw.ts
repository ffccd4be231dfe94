import { type Detail, diagramOf } from "./draw-diagram.js";
import {
  type Layout,
  type PlacedBox,
  type PlacedEdge,
  type Point,
  TEXT,
  layout,
  textWidth,
} from "./draw-layout.js";
import type { Tensor } from "./tensor.js";

/** How a graph is drawn. */
export interface DrawOptions {
  /** `layers`: a box for each layer with its operations counted; `nodes`: a box for each node. Default `layers`. */
  readonly detail?: Detail;
  /** What the picture is called, for those who cannot see it. Default "graph". */
  readonly title?: string;
}

/**
 * A picture of a graph as SVG text that needs nothing else: from inputs at the top to outputs at the bottom, loops as boxes
 * around their bodies, shapes along the lines. Colours follow the reader's light or dark setting.
 *
 * The same graph always gives the same text. To see what is written to a file, draw what `simplify` gives.
 */
export function draw(
  outputs: Readonly<Record<string, Tensor>>,
  { detail = "layers", title = "graph" }: DrawOptions = {},
): string {
  const placed = layout(diagramOf(outputs, detail));
  const [width, height] = [Math.ceil(placed.width), Math.ceil(placed.height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="kindred-graph" role="img" aria-label="${escaped(title)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<defs><marker id="kindred-graph-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...drawing(placed, ""),
    "</svg>",
    "",
  ].join("\n");
}

const STYLE = `
.kindred-graph{--ground:#fff;--ink:#1f2430;--faint:#5b6472;--line:#8a93a3;--layer:#e8eefc;--node:#f3f5f8;--input:#e6f4ea;--output:#fdf0dc;--constant:#f0eef6;--loop:#fafbfd;font:12px ui-monospace,Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){.kindred-graph{--ground:#14171d;--ink:#e7eaf0;--faint:#a3adbd;--line:#6f7a8c;--layer:#22304d;--node:#232831;--input:#1d3527;--output:#40311a;--constant:#2c2838;--loop:#1a1e26}}
.kindred-graph .ground{fill:var(--ground)}
.kindred-graph .box rect{stroke:var(--line)}
.kindred-graph rect.loop{fill:var(--loop);stroke-dasharray:5 3}
.kindred-graph rect.layer{fill:var(--layer)}
.kindred-graph rect.node{fill:var(--node)}
.kindred-graph rect.input{fill:var(--input)}
.kindred-graph rect.output{fill:var(--output)}
.kindred-graph rect.constant{fill:var(--constant)}
.kindred-graph text{fill:var(--faint)}
.kindred-graph .name{fill:var(--ink);font-weight:600}
.kindred-graph .edge{fill:none;stroke:var(--line);marker-end:url(#kindred-graph-arrow)}
.kindred-graph marker path{fill:var(--line)}
.kindred-graph .label{font-size:10px;paint-order:stroke;stroke:var(--ground);stroke-width:3px}
`;

/** Lines first, boxes over them, then what is written along the lines. */
function drawing({ boxes, edges }: Layout, prefix: string): string[] {
  return [
    ...edges.map((edge) => line(edge, prefix)),
    ...boxes.flatMap((box, i) => boxed(box, `${prefix}${i}`)),
    ...labels({ boxes, edges }),
  ];
}

function boxed({ box, x, y, width, height, inner }: PlacedBox, id: string): string[] {
  const text = [box.title, ...box.lines].map((words, i) => {
    const at = `x="${TEXT.pad}" y="${TEXT.pad + TEXT.line * i + 12}"`;
    return `<text${i === 0 ? ' class="name"' : ""} ${at}>${escaped(words)}</text>`;
  });
  const below = height - (inner?.height ?? 0);
  const body = inner
    ? [
        `<g transform="translate(${px((width - inner.width) / 2)} ${px(below)})">`,
        ...drawing(inner, `${id}.`),
        "</g>",
      ]
    : [];
  return [
    `<g class="box" data-box="${id}" transform="translate(${px(x)} ${px(y)})">`,
    `<rect class="${box.kind}" width="${px(width)}" height="${px(height)}" rx="6"/>`,
    ...text,
    ...body,
    "</g>",
  ];
}

function line({ edge, points }: PlacedEdge, prefix: string): string {
  const [start, ...rest] = points;
  const parts = rest.map((to, i) => curve(points[i]!, to));
  const ends = `data-from="${prefix}${edge.from}" data-to="${prefix}${edge.to}"`;
  const path = `<path class="edge" ${ends} d="M${at(start!)}${parts.join("")}"`;
  return edge.label === "" ? `${path}/>` : `${path}><title>${escaped(edge.label)}</title></path>`;
}

/** Straight where a line passes a rank, else leaving and arriving upright. */
function curve(from: Point, to: Point): string {
  if (from[0] === to[0]) return `L${at(to)}`;
  const middle = (from[1] + to[1]) / 2;
  return `C${at([from[0], middle])} ${at([to[0], middle])} ${at(to)}`;
}

const LABEL = { height: 12, width: 0.85 } as const; // pixels; relative to the text of boxes

/** Shapes along the lines, where there is room and the box at neither end says them. */
function labels({ boxes, edges }: Pick<Layout, "boxes" | "edges">): string[] {
  const taken: Rectangle[] = boxes.map(({ x, y, width, height }) => ({ x, y, width, height }));
  return edges.flatMap(({ edge, points }) => {
    const said = boxes[edge.from]!.box.kind === "input" || boxes[edge.to]!.box.kind === "output";
    if (edge.label === "" || said) return [];
    const width = textWidth(edge.label) * LABEL.width;
    const places = points.slice(1).map((to, i): Rectangle => {
      const [x, y] = [(to[0] + points[i]![0]) / 2 + 4, (to[1] + points[i]![1]) / 2];
      return { x, y: y - LABEL.height / 2, width, height: LABEL.height };
    });
    const place = places.toReversed().find((one) => !taken.some((other) => overlap(one, other)));
    if (!place) return [];
    taken.push(place);
    return [
      `<text class="label" x="${px(place.x)}" y="${px(place.y + LABEL.height - 3)}">${escaped(edge.label)}</text>`,
    ];
  });
}

type Rectangle = Pick<PlacedBox, "x" | "y" | "width" | "height">;

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const px = (x: number): string => String(Math.round(x * 10) / 10);
const at = ([x, y]: Point): string => `${px(x)} ${px(y)}`;

const SIGNS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for XML; control characters and halves of surrogate pairs, which XML cannot hold, become U+FFFD. */
function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (sign) => SIGNS[sign]!)
    .replaceAll(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, "\ufffd");
}
