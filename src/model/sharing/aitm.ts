import {
  type Dim,
  type Tensor,
  add,
  concat,
  constant,
  gather,
  layer,
  mul,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  scalar,
  sigmoid,
  slice,
  softmax,
  split,
  sub,
} from "../../graph/index.js";
import { undecayed, weights } from "../parameter.js";
import type { Gate, SharingArchitecture, SharingShape } from "./architecture.js";
import { forAllTasks } from "./adapted-trunk.js";
import { funnelLacks, isStep } from "./funnel-tasks.js";
import { SHARED_LAYERS, towerOutputs, towersLayout } from "./shared-then-towers.js";
import { batchedProduct } from "./towers.js";

/**
 * Adaptive information transfer: each task takes from the task before it what it can use.
 *
 * Over towers qₖ with shared layers below: zₖ = qₖ for a task without parent, else pₖ = ReLU(z_parent·G + g) and
 * zₖ = Σ_{u ∈ {pₖ, qₖ}} w_u·V(u), w_u = softmax over u of ⟨K(u), Q(u)⟩/√H, where V, K and Q are linear and, like G, of each task
 * with a parent. Heads read zₖ. Penalty: `calibrator`·Σ mean of max(ŷₖ − ŷ_parent, 0) over members and rows for links
 * between tasks of two classes: a later step is no likelier than the one before.
 *
 * A task's second class means that the step is taken; labels are of all rows. A missing label counts as "not taken" where the
 * parent's says so.
 *
 * @see Xi et al. 2021, "Modeling the Sequential Dependence among Audience Multi-step Conversions with Multi-task Learning in
 * Targeted Display Advertising", eq. 3 to 10.
 * Departures: tasks may branch; layers are shared, not embedding tables; G has a bias and the calibrator is a mean over rows as the
 * losses are.
 */
export const aitm: SharingArchitecture = {
  slug: "aitm",
  title: "AITM",
  description:
    "each task attends to what the task before it learned, and is no likelier than that (Xi et al. 2021)",
  helps:
    "Steps one after another of which later ones have few positive rows; where later labels are missing rather than no, ESMM with `conditional` suits better",
  paper:
    'Xi et al. 2021, "Modeling the Sequential Dependence among Audience Multi-step Conversions with Multi-task Learning in Targeted Display Advertising"',
  options: {
    "shared-layers": SHARED_LAYERS,
    calibrator: {
      default: 0.6,
      min: 0,
      max: 100,
      doc: "the weight of the penalty on a step that is likelier than the one before (α)",
    },
  },
  takesLinks: true,
  entireSpace: true,
  layout(shape) {
    const [K, H] = [children(shape).length, shape.trunk.at(-1)!];
    const transfer =
      K === 0
        ? []
        : [
            weights("trunk.transfer.weight", [K, H, H], "he-normal"),
            undecayed("trunk.transfer.bias", [K, 1, 1, H], "zeros"),
            weights("trunk.attention.weight", [K, H, 3 * H], "fan-in-uniform"),
            undecayed("trunk.attention.bias", [K, 1, 1, 3 * H], "zeros"),
          ];
    return [...towersLayout(shape), ...transfer];
  },
  features(inputs) {
    const { shape, parameters } = inputs;
    const q = forAllTasks(towerOutputs(inputs), shape.tasks.length, shape.members);
    return layer("transfer", () => {
      const done: Tensor[] = [];
      const gates: Tensor[] = [];
      let from = 0; // of the children whose parameters come next
      for (const { first, count, parents } of runs(shape)) {
        const own = slice(q, [first], [first + count], [0]);
        if (parents.length === 0) {
          done.push(own);
          continue;
        }
        const places = [from, (from += count)] as const;
        const of = (key: string): Tensor => slice(parameters[key]!, [places[0]], [places[1]], [0]);
        const before = picked(done.length === 1 ? done[0]! : concat([...done], 0), parents);
        const p = relu(add(batchedProduct(before, of("trunk.transfer.weight")), of("trunk.transfer.bias")));
        const read = attended([p, own], of("trunk.attention.weight"), of("trunk.attention.bias"));
        done.push(read.z);
        gates.push(read.gates);
      }
      const perTask = done.length === 1 ? done[0]! : concat(done, 0);
      if (gates.length === 0) return { perTask };
      const transfer: Gate = {
        weights: gates.length === 1 ? gates[0]! : concat(gates, 0),
        readers: children(shape).map((t) => shape.tasks[t]!.name),
        choices: ["the task before", "its own"],
      };
      return { perTask, gates: { transfer } };
    });
  },
  couple(shape, outputs) {
    const steps = shape.tasks.flatMap(({ parents }, k) =>
      parents.flatMap((parent) => (isStep(shape, k, parent) ? [[k, parent] as const] : [])),
    );
    const weight = shape.options["calibrator"]!; // every option has a value
    if (weight === 0 || steps.length === 0) return { outputs };
    const terms = steps.map(([k, parent]) => {
      const excess = relu(sub(sigmoid(outputs[k]!), sigmoid(outputs[parent]!)));
      return reduceMean(excess, [0, 1, 2]);
    });
    const total = terms.reduce((sum, term) => add(sum, term));
    return { outputs, penalty: mul(total, scalar(weight, total.dtype)) };
  },
  lacks: (shape) => funnelLacks(shape, { steps: false }),
};

/** The tasks with a parent, in their order. */
const children = ({ tasks }: SharingShape): number[] =>
  tasks.flatMap(({ parents }, t) => (parents.length === 0 ? [] : [t]));

/** Tasks one after another that are computed at once: without parents, or with parents before all of them. */
function runs({ tasks }: SharingShape): { first: number; count: number; parents: number[] }[] {
  const found: { first: number; count: number; parents: number[] }[] = [];
  tasks.forEach(({ parents }, t) => {
    const run = found.at(-1);
    const parent = parents[0];
    const joins = run && (parent === undefined) === (run.parents.length === 0) && (parent ?? -1) < run.first;
    if (joins) run.count++;
    else found.push({ first: t, count: 1, parents: [] });
    if (parent !== undefined) found.at(-1)!.parents.push(parent);
  });
  return found;
}

/** Entries of the first axis. */
function picked(x: Tensor, places: readonly number[]): Tensor {
  const [first] = places as [number];
  if (places.every((place, i) => place === first + i)) return slice(x, [first], [first + places.length], [0]);
  return gather(x, constant({ dtype: "int32", shape: [places.length], data: Int32Array.from(places) }), 0);
}

/** Attention over both inputs `[K, M, R, H]` of K tasks: what is read of them, and with which weights `[K, M, R, 2]`. */
function attended(both: readonly Tensor[], weight: Tensor, bias: Tensor): { z: Tensor; gates: Tensor } {
  const [K, M, R, H] = both[0]!.shape as readonly [number, number, Dim, number]; // all but rows are known
  const parts = both.map(
    (u) => split(add(batchedProduct(u, weight), bias), [H, H, H], 3) as [Tensor, Tensor, Tensor],
  );
  const scores = parts.map(([, key, query]) =>
    reshape(mul(reduceSum(mul(key, query), [3]), scalar(1 / Math.sqrt(H), key.dtype)), [K, M, R, 1]),
  );
  const gates = softmax(concat(scores, 3), -1);
  const [wp, wq] = split(gates, [1, 1], 3) as [Tensor, Tensor];
  return { z: add(mul(wp, parts[0]![0]), mul(wq, parts[1]![0])), gates };
}
