import {
  type Dim,
  type Tensor,
  add,
  concat,
  expand,
  mul,
  reduceSum,
  reshape,
  split,
  transpose,
} from "../../graph/index.js";
import type { Parameter } from "../parameter.js";
import type { Dropout, Gate, SharingShape } from "./architecture.js";
import { expertsOfTasks, namesOf, numbered } from "./gate-names.js";
import { type Gates, gateWeights, gatesLayout, mixture } from "./gates.js";
import { type Copies, asInput, copiedLayer, copiesLayout, widthBefore } from "./towers.js";

/** Levels of experts, each ended by gates. */
export interface Extraction {
  /** Experts of each task's own, n; 0 for none. */
  readonly own: number;
  /** Experts of all tasks, S; at least 1. */
  readonly shared: number;
  /** Layers of the trunk by level, in their order. */
  readonly levels: readonly (readonly number[])[];
  /** Whether all tasks read what one shared gate mixes at the end. */
  readonly oneGate?: boolean;
}

/** What levels of experts give, and the gates they mixed with. */
export interface Extracted {
  /** `[T, M, R, H]`, of one gate `[1, M, R, H]`. */
  readonly features: Tensor;
  /** Of each level: of tasks `[T, M|1, R, n + S]`, own experts first; the shared one `[1, M|1, R, T·n + S]`. */
  readonly gates: Readonly<Record<string, Gate>>;
}

/** Layers of a trunk dealt out to so many levels, as evenly as possible; a level for each layer where there are too few. */
export function levelsOf(layers: number, levels: number): number[][] {
  const count = Math.min(layers, levels);
  return Array.from({ length: count }, (_, level) => {
    const [from, to] = [level, level + 1].map((edge) => Math.ceil((edge * layers) / count)) as [
      number,
      number,
    ];
    return Array.from({ length: to - from }, (__, i) => from + i);
  });
}

/** The parameters of levels of experts. */
export function extractionLayout(shape: SharingShape, extraction: Extraction): Parameter[] {
  return extraction.levels.flatMap((layers, level) => [
    ...layers.flatMap((index) => [
      ...copiesLayout(shape, sharedExperts(extraction, index)),
      ...(extraction.own > 0 ? ownLayout(shape, extraction, level, index) : []),
    ]),
    ...(extraction.oneGate ? [] : gatesLayout(taskGate(shape, extraction, level))),
    ...(needsSharedGate(extraction, level) ? gatesLayout(sharedGate(shape, extraction, level)) : []),
  ]);
}

/**
 * Traces levels of experts: xˢ and xᵏ are the encoded inputs at first. At each level the shared experts read xˢ and those of
 * task k read xᵏ; then xᵏ ← Σ softmax(xᵏWₖ)·(experts of k, shared ones), and, but for the last level, xˢ ← Σ
 * softmax(xˢW)·(all experts of all tasks, shared ones).
 */
export function extract(
  shape: SharingShape,
  extraction: Extraction,
  {
    encoded,
    parameters,
    dropout,
  }: { encoded: Tensor; parameters: Readonly<Record<string, Tensor>>; dropout: Dropout },
): Extracted {
  let [ofTasks, ofAll] = [asInput(encoded), asInput(encoded)];
  const gates: Record<string, Gate> = {};
  extraction.levels.forEach((layers, level) => {
    let shared = ofAll;
    let own = extraction.own > 0 ? repeated(ofTasks, extraction.own) : undefined;
    for (const index of layers) {
      shared = copiedLayer(shape, sharedExperts(extraction, index), shared, parameters, dropout);
      if (!own) continue;
      const copies = ownExperts(shape, extraction, level, index);
      own = copiedLayer(shape, copies, own, merged(parameters, copies), dropout);
    }
    const [readByTasks, readByAll] = [ofTasks, ofAll];
    if (!extraction.oneGate) {
      const weights = gateWeights(taskGate(shape, extraction, level), readByTasks, parameters);
      gates[`level ${level + 1}`] = {
        weights,
        readers: namesOf(shape),
        choices: [...numbered("own expert", extraction.own), ...sharedNames(extraction)],
      };
      ofTasks = ofTask(weights, shared, own, extraction);
    }
    if (needsSharedGate(extraction, level)) {
      const weights = gateWeights(sharedGate(shape, extraction, level), readByAll, parameters);
      gates[`level ${level + 1}, shared`] = {
        weights,
        readers: ["all tasks"],
        choices: [...expertsOfTasks(shape, extraction.own), ...sharedNames(extraction)],
      };
      ofAll = mixture(weights, own ? concat([own, shared], 0) : shared);
    }
  });
  return { features: extraction.oneGate ? ofAll : ofTasks, gates };
}

const sharedNames = ({ own, shared }: Extraction): string[] =>
  numbered(own > 0 ? "shared expert" : "expert", shared);

/** Σ over a task's own experts and the shared ones: `[T, M, R, H]`. */
function ofTask(
  weights: Tensor,
  shared: Tensor,
  own: Tensor | undefined,
  { own: n, shared: S }: Extraction,
): Tensor {
  if (!own) return mixture(weights, shared);
  const [ofOwn, ofShared] = split(weights, [n, S], -1) as [Tensor, Tensor];
  return add(ownMixture(ofOwn, own), mixture(ofShared, shared));
}

/** `[T, M|1, R, n]` over `[T·n, M, R, H]` → `[T, M, R, H]`. */
function ownMixture(weights: Tensor, own: Tensor): Tensor {
  const [T, , , n] = weights.shape as readonly [number, number, Dim, number]; // all but rows are known
  if (n === 1) return mul(weights, own);
  const turned = transpose(weights, [0, 3, 1, 2]); // [T, n, M|1, R]
  const [, M, R, H] = own.shape as readonly [Dim, Dim, Dim, Dim];
  return reduceSum(mul(reshape(turned, [...turned.shape, 1]), reshape(own, [T, n, M, R, H])), [1]);
}

/** Each entry of the first axis n times, one after another; one entry alone is read by all. */
function repeated(x: Tensor, n: number): Tensor {
  const [G, ...rest] = x.shape as readonly [number, ...Dim[]];
  if (n === 1 || G === 1) return x;
  return reshape(expand(reshape(x, [G, 1, ...rest]), [G, n, ...rest]), [G * n, ...rest]);
}

const last = ({ levels }: Extraction): number => levels.length - 1;

const needsSharedGate = (extraction: Extraction, level: number): boolean =>
  extraction.oneGate === true || level < last(extraction);

const sharedExperts = ({ shared }: Extraction, index: number): Copies => ({
  name: `trunk.${index}.experts`,
  count: shared,
  index,
});

/** A task's own experts reach other tasks through the shared gate, but for those of the last level. */
const ownExperts = (shape: SharingShape, extraction: Extraction, level: number, index: number): Copies => ({
  name: level === last(extraction) ? `tasks.${index}.experts` : `trunk.${index}.own-experts`,
  count: shape.tasks.length * extraction.own,
  index,
});

/** As the layout of copies, with the tasks as an axis of their own: `[T, n, …]`. */
function ownLayout(shape: SharingShape, extraction: Extraction, level: number, index: number): Parameter[] {
  const perTask = level === last(extraction);
  return copiesLayout(shape, ownExperts(shape, extraction, level, index)).map((parameter) => ({
    ...parameter,
    shape: [shape.tasks.length, extraction.own, ...parameter.shape.slice(1)],
    ...(perTask && { perTask }),
  }));
}

/** Parameters of a task's own experts as those of copies: `[T·n, …]`. */
function merged(
  parameters: Readonly<Record<string, Tensor>>,
  { name, count }: Copies,
): Record<string, Tensor> {
  return Object.fromEntries(
    ["weight", "bias", "input-scale", "output-scale"].flatMap((key) => {
      const found = parameters[`${name}.${key}`];
      return found ? [[`${name}.${key}`, reshape(found, [count, ...found.shape.slice(2)])]] : [];
    }),
  );
}

/** What the first layer of a level reads is also what its gates read. */
const gateInputs = (shape: SharingShape, { levels }: Extraction, level: number): number =>
  widthBefore(shape, levels[level]![0]!);

/** A task's gate reaches other tasks where what it mixes is read by an expert that a shared gate mixes in turn. */
function taskGate(shape: SharingShape, extraction: Extraction, level: number): Gates {
  const alone = extraction.own === 0 || level >= last(extraction) - 1;
  return {
    name: alone ? `tasks.${level}.gate` : `trunk.${level}.own-gate`,
    count: shape.tasks.length,
    experts: extraction.own + extraction.shared,
    inputs: gateInputs(shape, extraction, level),
    ...(alone && { perTask: true }),
  };
}

const sharedGate = (shape: SharingShape, extraction: Extraction, level: number): Gates => ({
  name: `trunk.${level}.gate`,
  count: 1,
  experts: shape.tasks.length * extraction.own + extraction.shared,
  inputs: gateInputs(shape, extraction, level),
});
