import { type ColumnReading, columnOf } from "../data/index.js";
import type { Comparison } from "../evaluation/compare.js";
import { servingOnnx } from "../model/serving-graph.js";
import { linkEffects } from "../model/sharing-of.js";
import { CARD_KEY, type ModelCard } from "./model-card.js";
import { type StudyOptions, textOptionsOf } from "./options.js";
import type { PlannedStudy } from "./plan.js";
import { targetParts } from "./target-parts.js";
import type { PreparedStudy } from "./prepare.js";
import { VERSION } from "./version.js";

/** What the model file of a study is made from. */
export interface ModelFileParts {
  readonly plan: PlannedStudy;
  readonly prepared: PreparedStudy;
  readonly comparison: Comparison;
  readonly options: StudyOptions;
  /** How the table's columns were read from text. */
  readonly readings?: Readonly<Record<string, ColumnReading>>;
}

/** What the model file of a study tells about itself. */
export function cardOf({ plan, prepared, comparison, options, readings = {} }: ModelFileParts): ModelCard {
  const parts = targetParts(plan.tasks, (column) => columnOf(plan.table, column).type);
  const read = [...prepared.encoding.inputs, ...comparison.multi.spec.tasks].map(({ name }) => name);
  const used = [...read, ...parts.flatMap(({ target, by }) => [target, by])];
  const kept = used.filter((name) => Object.hasOwn(readings, name)).map((name) => [name, readings[name]!]);
  const text = textOptionsOf(options);
  return {
    format: 1,
    kindred: VERSION,
    seed: options.seed,
    inputs: prepared.encoding.inputs,
    tasks: comparison.multi.spec.tasks,
    ...(parts.length > 0 && { parts }),
    missing: options.missing,
    ...(kept.length > 0 && { readings: Object.fromEntries(kept) }),
    ...(Object.keys(text).length > 0 && { text }),
    links: linkEffects(comparison.multi.spec),
  };
}

/** The bytes of `model.onnx`: raw columns in, every task's predictions out, the card among its metadata. */
export function modelFile(parts: ModelFileParts): Uint8Array {
  const { spec, layout, parameters, further = [] } = parts.comparison.multi;
  const card = cardOf(parts);
  return servingOnnx({
    encoding: parts.prepared.encoding,
    spec,
    layout,
    parameters,
    further,
    metadata: { [CARD_KEY]: JSON.stringify(card) },
    doc: `Multi-task model of ${wordsOf(parts.plan.tasks)}, trained by Kindred ${VERSION}.`,
  });
}

/** The tasks by name, those of a target in the long layout in one word. */
function wordsOf(tasks: PlannedStudy["tasks"]): string {
  const words = tasks.map(({ name, part }) => (part ? `${part.target} by ${part.by}` : name));
  return [...new Set(words)].join(", ");
}
