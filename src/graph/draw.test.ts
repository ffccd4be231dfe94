import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import { diagramOf } from "./draw-diagram.js";
import { type Layout, layout } from "./draw-layout.js";
import * as g from "./index.js";
import type { Tensor } from "./tensor.js";

const x = g.input("x", "float32", ["batch", 4]);
const weight = g.input("weight", "float32", [4, 3]);
const trips = g.input("trips", "int64", []);

function trained(): Record<string, Tensor> {
  const { carried, scans } = g.loop({
    trips,
    carried: [weight],
    body: (_, [w]) => {
      const hidden = g.layer("trunk.0", () => g.tanh(g.matmul(x, w!)));
      const loss = g.layer("loss", () =>
        g.reduceMean(g.square(g.layer("head", () => g.mul(hidden, g.scalar(2)))), [0, 1]),
      );
      const [d] = g.gradients(loss, [w!]);
      return { carried: [g.layer("optimizer", () => g.sub(w!, d!))], scans: [loss] };
    },
  });
  return { weight: carried[0]!, losses: scans[0]! };
}

/** Well-formed XML: every tag closed in its place, every sign of markup escaped. */
function tags(svg: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  for (const [whole, end, name, , closed] of svg.matchAll(
    /<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<>]*")*)\s*(\/?)>/g,
  )) {
    names.push(whole);
    if (end) expect(open.pop()).toBe(name);
    else if (!closed) open.push(name!);
  }
  expect(open).toEqual([]);
  const text = svg.replaceAll(/<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<>]*")*)\s*(\/?)>/g, "");
  expect(text).not.toMatch(/[<>]/);
  expect(text.replaceAll(/&(amp|lt|gt|quot);/g, "")).not.toContain("&");
  return names;
}

const titles = (svg: string): string[] => {
  const document = new DOMParser().parseFromString(svg, "image/svg+xml");
  return [...document.querySelectorAll(".box > .name")].map(({ textContent }) => textContent ?? "");
};

/** Boxes that lie over each other, and lines whose ends are not on the sides of their boxes. */
function faults({ boxes, edges, width, height }: Layout): string[] {
  const found: string[] = [];
  boxes.forEach((a, i) => {
    if (a.x < 0 || a.y < 0 || a.x + a.width > width || a.y + a.height > height)
      found.push(`${a.box.title} is outside`);
    if (a.inner) found.push(...faults(a.inner));
    if (a.inner && (a.inner.width > a.width || a.inner.height > a.height))
      found.push("a body is larger than its loop");
    for (const b of boxes.slice(i + 1)) {
      const apart =
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      if (!apart) found.push(`${a.box.title} lies over ${b.box.title}`);
    }
  });
  for (const { edge, points } of edges) {
    const [from, to] = [boxes[edge.from]!, boxes[edge.to]!];
    const [start, end] = [points[0]!, points.at(-1)!];
    const leaves = start[1] === from.y + from.height && start[0] > from.x && start[0] < from.x + from.width;
    const arrives = end[1] === to.y && end[0] > to.x && end[0] < to.x + to.width;
    const falls = points.every((point, i) => i === 0 || point[1] >= points[i - 1]![1]);
    if (!leaves || !arrives || !falls) found.push(`the line from ${from.box.title} to ${to.box.title}`);
  }
  return found;
}

function wide(count: number): Record<string, Tensor> {
  let layer: Tensor[] = [x];
  for (let i = 0; i < count; i++) {
    const [a, b] = [layer[(i * 7) % layer.length]!, layer[(i * 5 + 3) % layer.length]!];
    layer = [...layer.slice(-9), g.layer(`block ${i % 17}`, () => g.add(g.exp(a), b))];
  }
  return Object.fromEntries(layer.map((y, i) => [`y${i}`, y]));
}

describe("a drawing of a graph", () => {
  it("has a box for each layer, input and output, with its operations counted", () => {
    const svg = g.draw(trained());
    for (const title of [
      "trunk.0",
      "loss.head",
      "loss",
      "trunk.0 (part 2)",
      "optimizer",
      "loop",
      'input "x"',
    ])
      expect(titles(svg)).toContain(title);
    expect(titles(svg)).not.toContain("trip");
    expect(titles(svg).filter((title) => title.startsWith("output"))).toEqual([
      'output "weight"',
      'output "losses"',
    ]);
    expect(svg).toMatch(/>[^<]*matmul[^<]*</);
    expect(svg).toMatch(/>[^<]*tanh[^<]*</);
    expect(svg).toContain("[batch, 3]");
  });

  it("has a box for each node when asked to", () => {
    const outputs = trained();
    const nodes = g
      .dump(outputs)
      .split("\n")
      .filter((line) => line.includes(" = ") && !line.startsWith("output"));
    const used = nodes.filter((line) => !/^ +%\d+ = formal/.test(line)); // of the formals, only those that are used are drawn
    const found = titles(g.draw(outputs, { detail: "nodes" }));
    for (const op of ["matmul", "tanh", "square", "sub", "reduce-mean", "loop"]) {
      const count = used.filter((line) => line.includes(` = ${op} `)).length;
      expect(found.filter((title) => title === op)).toHaveLength(count);
    }
    expect(found).toContain("constant 2");
    expect(found).toContain('from outside: input "x"');
  });

  it.each([
    ["layers", trained()],
    ["nodes", trained()],
    ["layers", wide(400)],
    ["nodes", wide(150)],
    ["nodes", { x }],
    ["layers", {}],
  ] as const)("has no box over another, and lines from box to box: %s %#", (detail, outputs) => {
    const placed = layout(diagramOf(outputs, detail));
    expect(faults(placed)).toEqual([]);
    expect(placed.edges.length).toBeGreaterThanOrEqual(Object.keys(outputs).length);
    tags(g.draw(outputs, { detail }));
  });

  it("never lets a line lead back, whatever belongs to a layer", () => {
    const first = g.layer("a", () => g.abs(x));
    const second = g.layer("b", () => g.neg(first));
    const back = g.layer("a", () => g.exp(second));
    const { boxes, edges } = diagramOf({ y: g.layer("b", () => g.add(back, x)) }, "layers");
    expect(boxes.map(({ title }) => title)).toEqual([
      'input "x"',
      "a",
      "b",
      "a (part 2)",
      "b (part 2)",
      'output "y"',
    ]);
    expect(edges.every(({ from, to }) => boxes[from] && boxes[to] && from !== to)).toBe(true);
  });

  it("is one box for a layer whose parts do not wait for others", () => {
    const [p, q] = [g.layer("side", () => g.exp(x)), g.layer("other", () => g.abs(x))];
    const late = g.layer("side", () => g.neg(q));
    const { boxes } = diagramOf({ y: g.add(p, late) }, "layers");
    expect(boxes.filter(({ title }) => title.startsWith("side"))).toHaveLength(1);
  });

  it("holds any text", () => {
    const odd = g.layer('<script>&"\u0001\n体重\ud800', () => g.exp(g.input("</svg>", "float32", ["<n>"])));
    const svg = g.draw({ "]]>": odd }, { title: 'a "graph" <&>' });
    tags(svg);
    expect(svg).not.toContain("<script>");
    expect(titles(svg)).toContain('<script>&"��体重�');
    expect(svg).toContain("prefers-color-scheme:dark");
    expect(svg).not.toMatch(/href|@import|url\((?!#)/);
  });

  it("is the same text each time", () => {
    for (const detail of ["layers", "nodes"] as const)
      expect(g.draw(trained(), { detail })).toBe(g.draw(trained(), { detail }));
  });
});
