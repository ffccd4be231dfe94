import { add, matmul, mul, relu, reshape } from "../../graph/index.js";
import { type Parameter, undecayed, weights } from "../parameter.js";
import { forAllTasks, sharedProduct } from "./adapted-trunk.js";
import type { SharingArchitecture, SharingShape } from "./architecture.js";
import { trunkLayout } from "./hard.js";
import { blockOutput } from "./residual.js";
import { asInput, batchedProduct, widthBefore } from "./towers.js";

/**
 * Deep multi-task representation learning: in every layer the weights of all tasks are one tensor 𝒲 `[in, out, T]` of low rank.
 *
 * - `form` 0, Tucker: 𝒲 = 𝒮 ×₁ U₁ ×₂ U₂ ×₃ U₃, hence Wₖ = U₁ (Σ_c U₃[k,c]·S_c) U₂ with U₁ `[in, r₁]`, S_c `[r₁, r₂]`,
 *   U₂ `[r₂, out]`, U₃ `[T, c]`.
 * - `form` 1, tensor train: the same without U₂ (r₂ = out).
 * - `form` 2, last axis flattened: Wₖ = Σ_c U₃[k,c]·S_c (r₁ = in, r₂ = out).
 *
 * h ← ReLU(hWₖ + bₖ). r₁ and r₂ are the share `width-rank` of a layer's widths, rounded up; the rank over tasks is at most T.
 * U₁ and U₂ are computed once for all tasks, where they come first. How tasks share is learned layer by layer: in U₃.
 *
 * @see Yang & Hospedales 2017, "Deep Multi-task Representation Learning: A Tensor Factorisation Approach", eq. 3 (last axis
 * flattened), 5 (Tucker) and 8 (tensor train); the first is Kumar & Daumé 2012, "Learning Task Grouping and Overlap in
 * Multi-task Learning".
 * Departures: ranks are chosen, not taken from the spectra of networks of single tasks, and factors start at random; U₃ starts
 * near one row for all tasks.
 */
export const tensorFactorisation: SharingArchitecture = {
  slug: "tensor-factorisation",
  title: "Tensor factorisation",
  description: "the weights of all tasks are one tensor of low rank, layer by layer (Yang & Hospedales 2017)",
  helps: "Tasks that share in some layers and not in others, or in overlapping groups",
  paper: 'Yang & Hospedales 2017, "Deep Multi-task Representation Learning: A Tensor Factorisation Approach"',
  options: {
    form: {
      default: 0,
      min: 0,
      max: 2,
      integer: true,
      doc: "0 for Tucker, 1 for the tensor train, 2 for the last axis flattened",
    },
    "width-rank": {
      default: 0.5,
      min: 0.01,
      max: 1,
      doc: "the share of a layer's widths that the ranks r₁ and r₂ are",
    },
    "task-rank": { default: 4, min: 1, max: 64, integer: true, doc: "the rank over tasks (c)" },
  },
  layout: (shape) => shape.trunk.flatMap((_, index) => factors(shape, index)),
  features({ shape, encoded, parameters, dropout }) {
    const { members: M } = shape;
    const T = shape.tasks.length;
    const last = shape.trunk.reduce((x, _, index) => {
      const { read, core, made, rank } = ranks(shape, index);
      const of = (key: string) => parameters[`trunk.${index}.${key}`];
      const scale = (key: string) => of(key) && reshape(of(key)!, [1, M, 1, of(key)!.shape.at(-1)!]);
      const [inputScale, outputScale] = [scale("input-scale"), scale("output-scale")];
      const scaled = inputScale ? mul(x, inputScale) : x;
      const [first, second] = [of("inputs"), of("outputs")];
      const reduced = first ? sharedProduct(scaled, first, read) : scaled;
      const mix = parameters[`tasks.${index}.mix`]!;
      const own = reshape(matmul(mix, reshape(of("core")!, [rank, read * core])), [T, read, core]);
      const each = batchedProduct(reduced, own); // [T, M|1, R, r₂]
      const product = second ? sharedProduct(each, second, made) : each;
      const spread = outputScale ? mul(product, outputScale) : product;
      const member = scale("bias");
      const sum = add(member ? add(spread, member) : spread, parameters[`tasks.${index}.bias`]!);
      return blockOutput(shape, x, dropout(forAllTasks(relu(sum), T, M), index));
    }, asInput(encoded));
    return { perTask: last };
  },
};

/** Sizes of a layer: r₁, r₂, its width, and the rank over tasks. */
function ranks(shape: SharingShape, index: number) {
  const { options, tasks } = shape;
  const [incoming, made] = [widthBefore(shape, index), shape.trunk[index]!];
  const [form, share] = [options["form"]!, options["width-rank"]!]; // every option has a value
  const part = (width: number): number => Math.ceil(share * width);
  return {
    incoming,
    read: form === 2 ? incoming : part(incoming),
    core: form === 0 ? part(made) : made,
    made,
    rank: Math.min(options["task-rank"]!, tasks.length),
    form,
  };
}

function factors(shape: SharingShape, index: number): Parameter[] {
  const { incoming, read, core, made, rank, form } = ranks(shape, index);
  const T = shape.tasks.length;
  const name = (key: string): string => `trunk.${index}.${key}`;
  const members = trunkLayout(shape).filter(
    (one) =>
      one.name.startsWith(name("")) &&
      (one.name.endsWith("-scale") || (shape.members > 1 && one.name.endsWith(".bias"))),
  );
  const near = 1 / Math.sqrt(rank); // rows of U₃ have a length of about 1
  return [
    ...(form < 2 ? [weights(name("inputs"), [incoming, read], "orthogonal")] : []),
    weights(name("core"), [rank, read, core], shape.initializer),
    ...(form === 0
      ? [{ ...weights(name("outputs"), [core, made], "orthogonal"), scale: Math.sqrt(made / core) }]
      : []),
    ...members,
    {
      ...undecayed(`tasks.${index}.mix`, [T, rank], "normal"),
      perTask: true,
      scale: 0.3 * near,
      shift: near,
    },
    { ...undecayed(`tasks.${index}.bias`, [T, 1, 1, made], "zeros"), perTask: true },
  ];
}
