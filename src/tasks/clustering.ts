import {
  add,
  argMax,
  div,
  exp,
  log,
  matmul,
  maximum,
  mul,
  reduceMean,
  reduceSum,
  reshape,
  scalar,
  square,
  sub,
  transpose,
} from "../graph/index.js";
import type { Tensor } from "../graph/tensor.js";
import { describeTask } from "./descriptor.js";
import { classTypeOf, labelOf, sortLabels } from "./labels.js";
import { labelledRows } from "./masked-mean.js";
import { adjustedRand, normalisedMutualInformation } from "./metrics/agreement.js";
import { meanOfFinite, mostProbable } from "./metrics/classification.js";
import { silhouettes } from "./metrics/silhouette.js";
import { logSoftAssignment, softAssignment } from "./soft-assignment.js";
import type { ClusteringCoding, LossContext, MetricContext, Prediction, TaskKind } from "./task-kind.js";

const RECONSTRUCTION_WEIGHT = 1; // the scale of the other terms: inputs are standardised, so predicting means costs about 1
const ASSIGNMENT_WEIGHT = 0.1; // IDEC's γ: larger values tear the embedding away from what reconstructs the inputs
const BALANCE_WEIGHT = 0.1; // as strong as the assignment term and bounded by it, so it can only reinforce the targets
const SMALLEST_SHARE = 1e-30; // keeps the log finite in float32 where a share is 0; 0·log is then 0

/**
 * Groups found from the inputs: deep embedded clustering with reconstruction. Targets are sharpened assignments, given
 * from outside once per epoch; the mask is 0 before clustering starts, and then only the reconstruction acts.
 *
 * Loss per task, never negative: RECONSTRUCTION·mean (zW + b − x)² + ASSIGNMENT·mean KL(p‖q) + BALANCE·KL(p̄‖q̄), with p
 * the targets, q the assignments, p̄ and q̄ their means over the batch. The last term pulls on the sizes of the clusters
 * as a whole, against all rows falling into one. A task whose mask is 0 has the reconstruction alone, not 0.
 *
 * Departures: a linear decoder of the encoded inputs instead of a mirrored network, since the trunk is shared; the
 * balance term is ours. Assignments are averaged over members, which agree on cluster numbers as they share targets.
 * @see Xie, Girshick & Farhadi 2016, "Unsupervised Deep Embedding for Clustering Analysis", eqs. 1-3; Guo et al. 2017,
 * "Improved Deep Embedded Clustering with Local Structure Preservation", eqs. 6-8.
 */
export const clustering: TaskKind<ClusteringCoding> = {
  slug: "clustering",
  description: "finds groups of rows, with deep embedded clustering",
  supervised: false,
  likelihood: "categorical",
  outputWidth: (coding) => coding.embedding,
  targetWidth: (coding) => coding.clusters,

  truth(_coding, column) {
    const classType = classTypeOf(column);
    const rows = "numbers" in column ? column.numbers.length : column.strings.length;
    const labels = Array.from({ length: rows }, (_, row) => labelOf(column, row, classType));
    const groups = sortLabels(new Set(labels.filter((label) => label !== undefined)), classType);
    const index = new Map(groups.map((label, k) => [label, k]));
    return Float64Array.from(labels, (label) => (label === undefined ? Number.NaN : index.get(label)!));
  },
  scale: (_coding, truth) => truth,

  parameters({ members, tasks, inputs, coding }) {
    return {
      centroids: { shape: [members, tasks, coding.clusters, coding.embedding], init: "normal", decay: false },
      decoder: { shape: [members, tasks, coding.embedding, inputs], init: "glorot-uniform", decay: true },
      "decoder-bias": { shape: [members, tasks, inputs], init: "zeros", decay: false },
    };
  },

  loss(context) {
    const { output, parameters } = context;
    const points = transpose(output, [0, 2, 1, 3]); // [M, G, R, Z]
    const logShares = logSoftAssignment(points, parameters["centroids"]!); // [M, G, R, K]
    const terms = [
      weighted(RECONSTRUCTION_WEIGHT, reconstructionError(points, context)),
      weighted(ASSIGNMENT_WEIGHT, assignmentDivergence(logShares, context)),
      weighted(BALANCE_WEIGHT, balanceDivergence(logShares, context)),
    ];
    return terms.reduce((sum, term) => add(sum, term)); // [G]
  },

  signal: (output, parameters) => softAssignment(output, parameters["centroids"]!),
  signalWidth: (coding) => coding.clusters,
  predict(output, _coding, parameters) {
    return reduceMean(softAssignment(output, parameters["centroids"]!), [0]); // [R, K]
  },
  decode: (prediction) => ({ "": argMax(prediction, 1), probabilities: prediction }),
  toPrediction: (coding, { data }) => ({
    kind: "clustering",
    probabilities: Float64Array.from(data),
    classes: coding.clusters,
  }),

  metrics: [
    { name: "silhouette", better: "higher", label: "silhouette" },
    { name: "nmi", better: "higher", label: "NMI" },
    { name: "adjusted-rand", better: "higher", label: "adjusted Rand index" },
  ],
  primary: "silhouette",
  score(truth, prediction, context) {
    const assignment = assignmentOf(prediction);
    return {
      silhouette: meanOfFinite(silhouetteRows(assignment, context)),
      nmi: normalisedMutualInformation(truth, assignment),
      "adjusted-rand": adjustedRand(truth, assignment),
    };
  },
  contributions(_truth, prediction, context) {
    return { rows: silhouetteRows(assignmentOf(prediction), context), finish: (mean) => mean };
  },

  describe: ({ clusters }) =>
    describeTask("clustering", { priors: Array.from({ length: clusters }, () => 1 / clusters), labelled: 0 }),
};

const weighted = (weight: number, term: Tensor): Tensor => mul(term, scalar(weight, term.dtype));

/** Mean squared error of the linear decoding of the points against the encoded inputs: `[G]`. */
function reconstructionError(points: Tensor, { parameters, encoded }: LossContext): Tensor {
  const bias = parameters["decoder-bias"]!;
  const [members, tasks, inputs] = bias.shape;
  const decoded = add(matmul(points, parameters["decoder"]!), reshape(bias, [members!, tasks!, 1, inputs!]));
  return reduceMean(square(sub(decoded, encoded)), [0, 2, 3]);
}

/** Mean of KL(p‖q) over members and rows that have a target: `[G]`. */
function assignmentDivergence(logShares: Tensor, { target, mask }: LossContext): Tensor {
  const targets = transpose(target, [1, 0, 2]); // [G, R, K]
  const terms = mul(targets, sub(safeLog(targets), logShares)); // [M, G, R, K]
  if (!mask) return reduceMean(reduceSum(terms, [3]), [0, 2]);
  const counted = mul(terms, maskColumn(mask));
  return div(reduceMean(reduceSum(counted, [2, 3]), [0]), labelledRows(mask));
}

/** KL of the batch's mean assignment from its mean target, over rows that have one: `[G]`. */
function balanceDivergence(logShares: Tensor, { target, mask }: LossContext): Tensor {
  const count = mask && reshape(labelledRows(mask), [mask.shape[1]!, 1]);
  const meanTarget = count ? div(reduceSum(target, [0]), count) : reduceMean(target, [0]); // [G, K]
  const shares = exp(logShares); // [M, G, R, K]
  const meanShare =
    mask && count ? div(reduceSum(mul(shares, maskColumn(mask)), [2]), count) : reduceMean(shares, [2]); // [M, G, K]
  const divergence = reduceSum(mul(meanTarget, sub(safeLog(meanTarget), safeLog(meanShare))), [2]); // [M, G]
  return reduceMean(divergence, [0]);
}

/** `[R, G]` → `[G, R, 1]`, to stand beside assignments. */
function maskColumn(mask: Tensor): Tensor {
  const [rows, tasks] = mask.shape;
  return reshape(transpose(mask, [1, 0]), [tasks!, rows!, 1]);
}

const safeLog = (x: Tensor): Tensor => log(maximum(x, scalar(SMALLEST_SHARE, x.dtype)));

function assignmentOf(prediction: Prediction): Int32Array {
  if (prediction.kind === "regression")
    throw new TypeError("a clustering task cannot read a regression prediction");
  return mostProbable(prediction);
}

function silhouetteRows(assignment: Int32Array, context?: MetricContext): Float64Array {
  const encoded = context?.encoded;
  if (!encoded) return new Float64Array(assignment.length).fill(Number.NaN);
  return silhouettes({ ...encoded, assignment });
}
