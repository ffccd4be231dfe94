// Runs every balancer on the toy problem and writes docs/toy-problem.md with its picture. Takes a minute or two.
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import type { Balancer } from "../src/training/balancer.js";
import { BALANCERS } from "../src/training/balancers/index.js";
import { CLAIMS } from "../bench/toy/claims.js";
import { type Path, descend, runsHere } from "../bench/toy/descend.js";
import { type Paths, toyPicture } from "../bench/toy/picture.js";
import { type Point, STARTS, STEPS, distanceToSet } from "../bench/toy/problem.js";

const DOCS = new URL("../docs/", import.meta.url);
const [PAGE, PICTURE, PATHS] = ["toy-problem.md", "images/toy-problem.svg", "images/toy-problem.json"];

/** Distance from the Pareto set up to which a path has reached it: what Adam's last steps leave open. */
export const REACHED = 0.05;

const all = Object.values(BALANCERS) as readonly Balancer[];

/** Slugs of the methods that run on the toy problem, and of those that cannot. */
export const METHODS = {
  run: all.filter(runsHere).map(({ slug }) => slug),
  left: all.filter((balancer) => !runsHere(balancer)).map(({ slug }) => slug),
};

/** The paths that are kept. */
export const keptPaths = (): Paths => JSON.parse(readFileSync(new URL(PATHS, DOCS), "utf8")) as Paths;

/** A method's way from a starting point, thinned to what is kept. */
export function pathFrom(slug: string, start: Point): Path {
  const balancer = BALANCERS[slug as keyof typeof BALANCERS] as Balancer;
  if (!runsHere(balancer)) throw new Error(`${slug} cannot be run here`);
  const path = descend(balancer, start);
  const round = (value: number): number => Math.round(1000 * value) / 1000;
  return path
    .filter((_, i) => i % 14 === 0 || i === path.length - 1)
    .map(([x, y]): Point => [round(x), round(y)]);
}

/** How far from the Pareto set each path of a method ends. */
export const distances = (paths: readonly Path[]): number[] =>
  paths.map((path) => distanceToSet(path.at(-1)!));

/** The page and the picture by their file names, from the paths. */
export function toyFiles(paths: Paths): Readonly<Record<string, string>> {
  const titles = Object.fromEntries(all.map(({ slug, title }) => [slug, title]));
  return { [PAGE!]: page(paths, titles), [PICTURE!]: toyPicture(paths, titles) };
}

function page(paths: Paths, titles: Readonly<Record<string, string>>): string {
  const rows = Object.entries(paths).map(([slug, own]) => {
    const far = distances(own).map((distance) =>
      distance < REACHED ? "reached" : distance.toFixed(distance < 1 ? 2 : 1),
    );
    const claim = CLAIMS[slug];
    const said = claim
      ? `${claim.reaches ? "reaches it from all" : "does not reach it from all"} (${claim.source})`
      : "";
    return `| [${titles[slug]}](methods/${slug}.md) | ${far.join(" | ")} | ${said} |`;
  });
  const heads = STARTS.map(([x, y]) => `(${x}, ${y})`);
  return `# The toy problem

Two losses of two variables, one ten times as large as the other, with valleys in which their gradients conflict: the illustrative
example of Liu et al. 2021 (CAGrad) as Navon et al. 2022 (Nash-MTL) scale it. Every method starts from the five published points
and makes ${STEPS.toLocaleString("en")} steps of Adam at a learning rate of 0.001, with exact gradients in double precision, as the authors' code does.

![Paths of all methods in the plane of the losses](${PICTURE})

The Pareto set is a line at x₂ ≈ −8.4 from x₁ = −7 to 7. A path has reached it if it ends closer than ${REACHED}, which is about what
Adam's steps leave open; otherwise the table gives the distance at the end.

| method | ${heads.join(" | ")} | what papers say |
|---|${"---|".repeat(heads.length)}---|
${rows.join("\n")}

- Options are the defaults of each method. Both losses are negative near the front, so every method sees them less −2.1 and −21, as
  Liu et al. 2023 (FAMO) do; gradients do not change by that. A method's own parameters learn at 0.025; an epoch is 100 steps.
- "Not reached" is a statement about ${STEPS.toLocaleString("en")} steps: some methods are stuck in a valley, others are on their way. Where a path ends
  on the front differs too: equal weights end where the larger loss is small, MGDA often where the smaller gradient is.
- A toy says how a method deals with conflict and scale, not which is best on a table: [compare](compare.md) them on yours.
${METHODS.left.length > 0 ? `- Methods that need more than losses and inner products of gradients at each step are not run here: ${METHODS.left.join(", ")}.\n` : ""}
Problem and descent are in \`bench/toy\`; \`npx tsx scripts/make-toy-problem.ts\` writes this page and the picture.

- Liu et al. 2021, "Conflict-Averse Gradient Descent for Multi-task Learning", NeurIPS.
- Navon et al. 2022, "Multi-Task Learning as a Bargaining Game", ICML.
- Liu et al. 2023, "FAMO: Fast Adaptive Multitask Optimization", NeurIPS.
`;
}

function write(): void {
  const only = argv.slice(2);
  const kept = only.length > 0 ? keptPaths() : {};
  const paths = Object.fromEntries(
    METHODS.run.map((slug) => {
      const known = only.length > 0 && !only.includes(slug) ? kept[slug] : undefined;
      return [slug, known ?? STARTS.map((start) => pathFrom(slug, start))];
    }),
  );
  const lines = Object.entries(paths).map(([slug, own]) => `"${slug}": ${JSON.stringify(own)}`);
  writeFileSync(new URL(PATHS!, DOCS), `{\n${lines.join(",\n")}\n}\n`);
  for (const [name, text] of Object.entries(toyFiles(keptPaths()))) writeFileSync(new URL(name, DOCS), text);
}

if (argv[1] === fileURLToPath(import.meta.url)) write();
