import { z } from "zod";

/** A number that a metric may leave undefined: written as null, read back as NaN. */
const measure = z.union([z.number(), z.null().transform(() => Number.NaN)]);
const count = z.number().int().nonnegative();
const matrix = z.array(z.array(measure));
const metrics = z.record(z.string(), z.number().nullable());

const column = z.object({
  name: z.string(),
  type: z.string(),
  role: z.enum(["input", "target", "reference", "task column", "set aside", "ignored", "split"]),
  missing: count,
  distinct: count,
  summary: z.string(),
  note: z.string().exactOptional(),
});

const finding = z.object({
  kind: z.string(),
  columns: z.array(z.string()),
  severity: z.enum(["info", "warning", "serious"]),
  found: z.string(),
  done: z.string(),
  remedy: z.string().exactOptional(),
});

const data = z.object({
  source: z.string(),
  rows: count,
  columns: z.array(column),
  findings: z.array(finding).exactOptional(),
  cleaning: z.array(z.object({ column: z.string(), action: z.string(), detail: z.string() })).exactOptional(),
  split: z.object({
    how: z.string(),
    train: count,
    validation: count,
    test: count,
    inMemory: z.object({ train: count, validation: count, test: count }).exactOptional(),
  }),
});

const balance = z.object({ mean: measure.exactOptional(), shares: z.array(z.number()).exactOptional() });

const task = z.object({
  name: z.string(),
  kind: z.enum(["regression", "binary", "multiclass", "clustering"]),
  classes: z.array(z.string()).exactOptional(),
  reference: z.string().exactOptional(),
  part: z.object({ target: z.string(), by: z.string(), value: z.string() }).exactOptional(),
  labelled: z.object({ train: count, validation: count, test: count }),
  balance: z.object({ train: balance, validation: balance, test: balance }).exactOptional(),
  transform: z.string().exactOptional(),
  because: z.string(),
});

const training = z.object({
  epochs: z.array(z.object({ epoch: count, train: metrics, validation: metrics })),
  bestEpoch: count,
  bestEpochs: z.record(z.string(), count).exactOptional(),
  steps: count,
  seconds: measure,
  conflict: z.object({ share: z.number(), smallest: z.number() }).exactOptional(),
});

const sampling = z.object({
  policy: z.string(),
  temperature: z.number().exactOptional(),
  tasks: z.record(z.string(), z.object({ labelled: count, visits: z.number(), share: z.number() })),
});

const plot = z.discriminatedUnion("type", [
  z.object({ type: z.literal("confusion"), classes: z.array(z.string()), matrix }),
  z.object({ type: z.literal("scatter"), truth: z.array(measure), predicted: z.array(measure) }),
  z.object({
    type: z.literal("clusters"),
    sizes: z.array(measure),
    reference: z.object({ classes: z.array(z.string()), matrix }).exactOptional(),
  }),
]);

const taskEvaluation = z.object({
  task: z.string(),
  primary: z.object({ metric: z.string(), label: z.string(), better: z.enum(["lower", "higher"]) }),
  metrics: z
    .array(z.object({ metric: z.string(), label: z.string(), better: z.enum(["lower", "higher"]) }))
    .exactOptional(),
  multi: metrics,
  single: metrics,
  gain: z.object({ value: measure, low: measure, high: measure, percent: measure }),
  verdict: z.enum(["helped", "neutral", "hurt"]),
  testRows: count,
  plot,
});

const folds = z.object({
  count,
  repeats: count,
  each: z.array(
    z.object({
      repeat: count,
      fold: count,
      rows: count,
      deltaM: measure,
      gains: z.record(z.string(), measure),
    }),
  ),
});

/** What `record.json` must look like; its output type equals `RunRecord`, which a type test holds. */
export const runRecordSchema = z.object({
  format: z.literal(1),
  kindred: z.string(),
  name: z.string(),
  created: z.string(),
  seed: z.number(),
  study: z.record(z.string(), z.unknown()),
  environment: z.object({
    node: z.string(),
    platform: z.string(),
    runtime: z.string(),
    reason: z.string(),
    workers: count,
  }),
  data,
  tasks: z.array(task),
  links: z.array(
    z.object({
      kind: z.enum(["parent-child", "same-kind"]),
      from: z.string(),
      to: z.string(),
      effect: z.string(),
    }),
  ),
  relations: z.object({ tasks: z.array(z.string()), cosine: matrix }),
  mixtures: z
    .array(
      z.object({
        name: z.string(),
        readers: z.array(z.string()),
        choices: z.array(z.string()),
        weights: matrix,
      }),
    )
    .exactOptional(),
  model: z.object({
    parameters: count,
    members: count,
    trunk: z.array(z.number()),
    blocks: z.string().exactOptional(),
    numbers: z.string().exactOptional(),
    sharing: z.string().exactOptional(),
    choices: z
      .array(z.object({ setting: z.string(), chosen: z.string(), reason: z.string() }))
      .exactOptional(),
    balancer: z.string(),
    optimizer: z.string(),
    inputs: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        features: count,
        onnx: z.enum(["float", "double", "string"]),
        example: z.union([z.number(), z.string()]).exactOptional(),
      }),
    ),
  }),
  training: z.object({
    sampling: sampling.exactOptional(),
    multi: training,
    single: z.record(z.string(), training),
  }),
  evaluation: z.object({
    tasks: z.array(taskEvaluation),
    deltaM: z.object({ percent: measure, better: z.literal("higher") }),
    level: z.number(),
    resamples: count,
    folds: folds.exactOptional(),
  }),
  warnings: z.array(z.string()),
});
