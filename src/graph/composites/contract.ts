import { ShapeError } from "../../base/errors.js";
import { currentLayer } from "../layer.js";
import { matmul, reduceSum, reshape, transpose } from "../ops/index.js";
import { formatShape, productDim } from "../shape.js";
import type { Dim, Tensor } from "../tensor.js";

/** A tensor whose axes have letters. */
interface Lettered {
  readonly tensor: Tensor;
  readonly letters: readonly string[];
}

/**
 * Sums of products over named axes (Einstein's summation): letters name the axes of each tensor, those missing on the right are
 * summed over. `"bij,bjk->bik"` multiplies matrices in batches, `"ij->ji"` transposes, `"ij->i"` sums rows.
 *
 * Tensors are contracted from left to right, each pair by one matrix product; a letter is summed as soon as nothing later needs it.
 *
 * @param equation one letter an axis, tensors separated by commas, then `->` and the letters of the result.
 * @throws {ShapeError} if letters and axes do not fit, a letter comes twice in one tensor, has two sizes, or comes from nowhere.
 * Departures from NumPy's `einsum`: no diagonals, no ellipsis, no broadcasting of size 1, the right side always written.
 */
export function contract(equation: string, ...tensors: readonly Tensor[]): Tensor {
  const [left = "", result] = equation.replaceAll(" ", "").split("->");
  const parts = left.split(",").map((text) => [...text]);
  const target = [...(result ?? "")];
  check(equation, result, parts, target, tensors);
  const named = tensors.map((tensor, i): Lettered => ({ tensor, letters: parts[i]! }));
  const all = named.reduce((a, b, i) => {
    const later = new Set([...target, ...parts.slice(i + 1).flat()]);
    return multiplied(without(a, [...later, ...b.letters]), without(b, [...later, ...a.letters]), later);
  });
  return ordered(without(all, target), target);
}

/** Sums over the axes whose letters nobody needs. */
function without({ tensor, letters }: Lettered, needed: readonly string[]): Lettered {
  const axes = letters.map((_, axis) => axis).filter((axis) => !needed.includes(letters[axis]!));
  if (axes.length === 0) return { tensor, letters };
  return { tensor: reduceSum(tensor, axes), letters: letters.filter((letter) => needed.includes(letter)) };
}

/** One matrix product: shared letters that are needed later are batches, those that are not are summed over. */
function multiplied(a: Lettered, b: Lettered, later: ReadonlySet<string>): Lettered {
  const shared = a.letters.filter((letter) => b.letters.includes(letter));
  const batch = shared.filter((letter) => later.has(letter));
  const summed = shared.filter((letter) => !later.has(letter));
  const ownA = a.letters.filter((letter) => !shared.includes(letter));
  const ownB = b.letters.filter((letter) => !shared.includes(letter));
  const size = (letter: string): Dim => sizeOf(a, letter) ?? sizeOf(b, letter) ?? 1;
  const merged = (from: Lettered, rows: readonly string[], columns: readonly string[]): Tensor =>
    reshape(ordered(from, [...batch, ...rows, ...columns]), [
      ...batch.map(size),
      productDim(rows.map(size)),
      productDim(columns.map(size)),
    ]);
  const product = matmul(merged(a, ownA, summed), merged(b, summed, ownB)); // [batch.., ownA, ownB]
  const letters = [...batch, ...ownA, ...ownB];
  return { tensor: reshape(product, letters.map(size)), letters };
}

const sizeOf = ({ tensor, letters }: Lettered, letter: string): Dim | undefined =>
  tensor.shape[letters.indexOf(letter)];

function ordered({ tensor, letters }: Lettered, target: readonly string[]): Tensor {
  return transpose(
    tensor,
    target.map((letter) => letters.indexOf(letter)),
  );
}

function check(
  equation: string,
  result: string | undefined,
  parts: readonly (readonly string[])[],
  target: readonly string[],
  tensors: readonly Tensor[],
): void {
  const got = `"${equation}" for ${tensors.map(({ shape }) => formatShape(shape)).join(" and ")}`;
  const wrong = (expected: string): ShapeError =>
    new ShapeError({ where: currentLayer() || "graph", subject: "contract equation", expected, got });
  const fits =
    parts.length === tensors.length && tensors.every(({ shape }, i) => shape.length === parts[i]!.length);
  if (result === undefined || !fits) throw wrong('one letter for each axis, then "->" and the result');
  if ([...parts, target].some((letters) => new Set(letters).size !== letters.length))
    throw wrong("made of letters that come once in each tensor");
  const sizes = new Map<string, Dim>();
  for (const [i, letters] of parts.entries()) {
    for (const [axis, letter] of letters.entries()) {
      const size = tensors[i]!.shape[axis]!;
      if ((sizes.get(letter) ?? size) !== size) throw wrong(`such that ${letter} has one size`);
      sizes.set(letter, size);
    }
  }
  const unknown = target.find((letter) => !sizes.has(letter));
  if (unknown !== undefined) throw wrong(`such that ${unknown} comes on the left`);
}
