import { type OnnxContext, defineOp } from "../op.js";
import { type Shape, bindings, elementFactors, formatShape, product, sameShape } from "../shape.js";
import type { Dim, Tensor } from "../tensor.js";

interface ReshapeAttributes {
  readonly shape: readonly Dim[];
  readonly [key: string]: readonly Dim[];
}

/** The same elements in another shape; one size may be −1, and symbolic sizes of x keep their names. */
export const reshape = defineOp<ReshapeAttributes, (x: Tensor, shape: readonly Dim[]) => Tensor>(
  {
    slug: "reshape",
    infer({ inputs, attributes, fail }) {
      const { shape, dtype } = inputs[0]!;
      const [from, to] = [elementFactors(shape), elementFactors(attributes.shape)];
      if (from.size !== to.size || !sameShape(from.symbols, to.symbols)) {
        const fix = `Both must hold the same number of elements, or use -1 for one size.`;
        throw fail(
          "shape",
          `of as many elements as ${formatShape(shape)}`,
          fix,
          formatShape(attributes.shape),
        );
      }
      return [{ shape: attributes.shape, dtype }];
    },
    vjp({ inputs, outputs, g, full, emit }) {
      if (g.shape.length === 0) return [g];
      return [emit("reshape", [full(g, outputs[0]!)], { shape: inputs[0]!.shape })];
    },
    batch: ({ inputs, attributes: { shape }, size, emit }) => [
      emit("reshape", inputs, { shape: [size, ...shape] }),
    ],
    onnx(context) {
      const { node, inputs, outputs, emit, ints, attributes } = context;
      const target = inferable(node.inputs[0]!.shape, attributes.shape);
      const allowzero = attributes.shape.includes(0) ? 1 : 0;
      const shape =
        target && !(allowzero === 1 && target.includes(KEEP)) ? ints(target) : dynamicShape(context);
      emit("Reshape", [inputs[0]!, shape], {
        outputs,
        ...(allowzero === 1 && { attributes: { allowzero } }),
      });
    },
    reference({ node, inputs, attributes }) {
      const x = inputs[0]!;
      const known = bindings(node.inputs[0]!.shape, x.shape);
      const sizes = attributes.shape.map((dim) => (typeof dim === "number" ? dim : (known.get(dim) ?? -1)));
      const rest = product(sizes.filter((size) => size >= 0));
      return [
        {
          shape: sizes.map((size) => (size < 0 ? (rest === 0 ? 0 : x.data.length / rest) : size)),
          data: x.data,
        },
      ];
    },
  },
  (apply) => (x, shape) => {
    const target = withoutMinusOne(x.shape, shape);
    return sameShape(x.shape, target) ? x : apply([x], { shape: target })[0]!;
  },
);

const KEEP = 0; // ONNX: the size of the same axis of the input
const INFER = -1;

/** Replaces −1 by the size that is left, `4*batch` when it is symbolic; unchanged where that does not work out. */
function withoutMinusOne(from: Shape, shape: readonly Dim[]): readonly Dim[] {
  if (shape.filter((dim) => dim === INFER).length !== 1) return shape;
  const all = elementFactors(from);
  const given = elementFactors(shape.filter((dim) => dim !== INFER));
  const symbols = [...all.symbols];
  for (const symbol of given.symbols) {
    const at = symbols.indexOf(symbol);
    if (at < 0) return shape;
    symbols.splice(at, 1);
  }
  const size = given.size === 0 ? 0 : all.size / given.size;
  if (!Number.isInteger(size)) return shape;
  const left = symbols.length === 0 ? size : [...(size === 1 ? [] : [size]), ...symbols].join("*");
  return shape.map((dim) => (dim === INFER ? left : dim));
}

/** ONNX's constant shape with 0 for kept and one −1 for inferred sizes, or undefined when that is not enough. */
function inferable(from: Shape, to: Shape): number[] | undefined {
  const target = to.map((dim, i) => (typeof dim === "number" ? dim : from[i] === dim ? KEEP : INFER));
  return target.filter((size) => size === INFER).length <= 1 ? target : undefined;
}

/** Reads the sizes that are in the input's shape at run time; one more may be inferred. */
function dynamicShape({ node, attributes, inputs, emit, ints }: OnnxContext<ReshapeAttributes>): string {
  const from = node.inputs[0]!.shape;
  const real = emit("Shape", [inputs[0]!]);
  const parts = attributes.shape.map((dim) => {
    if (typeof dim === "number") return ints([dim]);
    const axis = from.indexOf(dim);
    return axis < 0 ? ints([INFER]) : emit("Gather", [real, ints([axis])]);
  });
  return emit("Concat", parts, { attributes: { axis: 0 } });
}
