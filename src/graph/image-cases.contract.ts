import { type OpCase, one } from "./case-builders.contract.js";
import * as g from "./index.js";
import type { Dim } from "./tensor.js";

type Settings<O> = readonly (readonly [string, readonly Dim[], readonly number[], O])[];
type Options = NonNullable<Parameters<typeof g.conv>[2]>;

const CONVOLUTIONS: Settings<Options> = [
  ["a line", [2, 1, 5], [1, 1, 3], {}],
  ["one window", [1, 2, 3], [2, 2, 3], {}],
  ["one tap", [2, 3, 4], [2, 3, 1], {}],
  ["strides that leave elements", [1, 2, 6], [2, 2, 3], { strides: 2 }],
  ["dilations", [2, 1, 7], [1, 1, 3], { dilations: 2, padding: 1 }],
  ["strides, padding and dilations", [1, 1, 8], [2, 1, 2], { strides: 3, padding: 2, dilations: 2 }],
  ["groups", [2, 4, 4], [2, 2, 2], { groups: 2 }],
  ["each channel alone", [1, 3, 4], [6, 1, 3], { groups: 3, padding: "same" }],
  ["an image", [2, 2, 4, 5], [3, 2, 2, 3], { strides: [2, 1], padding: [1, 0] }],
  ["an even kernel, same size", [1, 1, 4, 3], [1, 1, 2, 3], { padding: "same" }],
  ["same size with strides", [1, 2, 5, 4], [1, 2, 3, 3], { padding: "same", strides: 2 }],
  ["symbolic rows", ["n", 2, 3, 3], [2, 2, 2, 2], { padding: 1 }],
  ["symbolic rows in groups", ["n", 4, 3], [2, 2, 2], { groups: 2 }],
  ["more kernels than a kernel has elements", [3, 1, 5], [5, 1, 3], { padding: 1 }],
  ["the same with strides", [2, 1, 5, 4], [6, 1, 2, 2], { strides: [2, 3], padding: [1, 0] }],
  ["the same in groups", [2, 4, 3], [10, 2, 2], { groups: 2, dilations: 2 }],
  ["the same with symbolic rows", ["n", 1, 4], [4, 1, 2], {}],
  ["windows wholly in the padding", [1, 1, 2], [2, 1, 2], { padding: 3, strides: 2 }],
  ["a stride longer than image and kernel", [1, 2, 3], [2, 2, 1], { padding: 1, strides: 7 }],
  ["one element", [1, 1, 1], [1, 1, 1], {}],
  ["one element under an image's kernel", [2, 1, 1, 1], [2, 1, 3, 3], { padding: "same" }],
  ["rows of one column", [2, 2, 4, 1], [1, 2, 2, 1], { strides: [2, 1] }],
  ["windows side by side", [2, 2, 4, 6], [2, 2, 2, 3], { strides: [2, 3] }],
  ["windows side by side of symbolic rows", ["n", 1, 6], [2, 1, 3], { strides: 3 }],
  ["dilations and strides by axis", [1, 2, 5, 6], [2, 2, 2, 2], { strides: [1, 2], dilations: [3, 2] }],
  ["no rows", [0, 2, 4], [3, 2, 2], {}],
  ["no rows and many kernels", [0, 1, 4], [3, 1, 2], {}],
  ["no channels", [2, 0, 4], [3, 0, 2], {}],
  ["no kernels", [2, 2, 4], [0, 2, 2], {}],
  ["a volume", [1, 1, 2, 3, 2], [1, 1, 2, 2, 1], {}],
];

const POOLS: Settings<g.WindowOptions> = [
  ["a line", [2, 1, 6], [2], {}],
  ["elements left over", [1, 2, 5], [2], {}],
  ["elements between the windows", [1, 2, 7, 4], [2, 1], { strides: [3, 2] }],
  ["padding around windows apart", [1, 2, 4], [2], { padding: 1 }],
  ["overlapping", [1, 2, 4, 5], [3, 2], { strides: 1, padding: [1, 0] }],
  ["dilations", [1, 1, 6, 3], [2, 2], { strides: [2, 1], dilations: [3, 1] }],
  ["symbolic rows", ["n", 2, 4, 4], [2, 2], {}],
  ["one element", [2, 1, 3], [1], {}],
  ["no rows", [0, 2, 4], [2], {}],
];

const convolutions = CONVOLUTIONS.map(([name, x, kernel, options]) =>
  one(name, [{ shape: x }, { shape: kernel }], ([a, w]) => g.conv(a!, w!, options)),
);

function unpool(
  name: string,
  windows: readonly Dim[],
  shape: readonly Dim[],
  places: readonly number[],
): OpCase {
  const at = { shape: windows, dtype: "int64", values: places } as const;
  return one(name, [{ shape: windows }, at, { shape }], ([x, where, like]) => g.maxUnpool(x!, where!, like!));
}

function pools(op: (x: g.Tensor, kernel: readonly number[], options: g.WindowOptions) => g.Tensor): OpCase[] {
  return POOLS.map(([name, shape, kernel, options]) =>
    one(name, [{ shape }], ([x]) => op(x!, kernel, options)),
  );
}

function resizes(op: (x: g.Tensor, sizes: readonly number[]) => g.Tensor): OpCase[] {
  const settings: Settings<undefined> = [
    ["twice as large", [1, 2, 2, 3], [4, 6], undefined],
    ["smaller", [2, 1, 5], [3], undefined],
    ["one larger, one kept", ["n", 1, 2, 3], [3, 3], undefined],
    ["from one element", [1, 1, 1], [3], undefined],
    ["to one element", [1, 2, 3, 2], [1, 1], undefined],
    ["no rows", [0, 1, 2], [3], undefined],
  ];
  return settings.map(([name, shape, sizes]) => one(name, [{ shape }], ([x]) => op(x!, sizes)));
}

/** Cases of operations over spatial axes, by slug. */
export const IMAGE_CASES: Readonly<Record<string, readonly OpCase[]>> = {
  conv: [
    ...convolutions,
    one(
      "a symbolic size",
      [{ shape: [1, 2, "n"] }, { shape: [1, 2, 3] }],
      ([x, w]) => g.conv(x!, w!, { padding: "same" }),
      false,
    ),
  ],
  "conv-transpose": [
    one("a line", [{ shape: [2, 1, 3] }, { shape: [1, 1, 2] }], ([x, w]) => g.convTranspose(x!, w!)),
    one("strides and output padding", [{ shape: [1, 2, 3] }, { shape: [2, 3, 3] }], ([x, w]) =>
      g.convTranspose(x!, w!, { strides: 3, padding: 1, outputPadding: 2 }),
    ),
    one("an image in groups", [{ shape: [2, 4, 2, 3] }, { shape: [4, 1, 2, 2] }], ([x, w]) =>
      g.convTranspose(x!, w!, { groups: 2, strides: [2, 1], dilations: [1, 2] }),
    ),
    one("more channels in groups", [{ shape: [2, 2, 3, 2] }, { shape: [2, 2, 2, 2] }], ([x, w]) =>
      g.convTranspose(x!, w!, { groups: 2, padding: [0, 1], dilations: [1, 2] }),
    ),
    one("more channels, same size", [{ shape: [1, 2, 3, 4] }, { shape: [2, 3, 3, 3] }], ([x, w]) =>
      g.convTranspose(x!, w!, { padding: 1 }),
    ),
    one("output padding with dilations", [{ shape: [1, 1, 3] }, { shape: [1, 2, 2] }], ([x, w]) =>
      g.convTranspose(x!, w!, { dilations: 3, padding: 2, outputPadding: 2 }),
    ),
    one("more padding than the kernel reaches", [{ shape: [1, 1, 6] }, { shape: [1, 2, 2] }], ([x, w]) =>
      g.convTranspose(x!, w!, { padding: 2 }),
    ),
    one("one tap", [{ shape: [2, 2, 3] }, { shape: [2, 3, 1] }], ([x, w]) => g.convTranspose(x!, w!)),
    one("symbolic rows, more channels", [{ shape: ["n", 1, 3] }, { shape: [1, 2, 3] }], ([x, w]) =>
      g.convTranspose(x!, w!, { padding: 1 }),
    ),
    one("symbolic rows", [{ shape: ["n", 2, 2, 2] }, { shape: [2, 1, 3, 3] }], ([x, w]) =>
      g.convTranspose(x!, w!, { strides: 2, padding: 1, outputPadding: 1 }),
    ),
    one("no rows", [{ shape: [0, 2, 2] }, { shape: [2, 1, 2] }], ([x, w]) => g.convTranspose(x!, w!)),
  ],
  "max-pool": pools(g.maxPool).concat(
    one("equal elements", [{ shape: [1, 1, 4], values: [1, 1, 2, 2] }], ([x]) => g.maxPool(x!, 2), false),
  ),
  "max-pool-places": pools(g.maxPoolPlaces),
  "max-unpool": [
    unpool("a line", [1, 1, 2], [1, 1, 4], [1, 2]),
    unpool("images of two channels", [1, 2, 1, 2], [1, 2, 2, 4], [5, 2, 8, 15]),
    unpool("symbolic rows", ["n", 1, 1], ["n", 1, 2], [0, 3, 4]),
    unpool("everything kept", [2, 1, 2], [2, 1, 2], [0, 1, 2, 3]),
    unpool("no rows", [0, 1, 1], [0, 1, 2], []),
  ],
};

/** Cases of functions over spatial axes, by name. */
export const IMAGE_COMPOSITE_CASES: Readonly<Record<string, readonly OpCase[]>> = {
  averagePool: pools(g.averagePool),
  conv1d: [
    one("with bias", [{ shape: [2, 2, 4] }, { shape: [3, 2, 3] }, { shape: [3] }], ([x, kernel, bias]) =>
      g.conv1d(x!, kernel!, { bias: bias!, padding: 1 }),
    ),
    one("without", [{ shape: ["n", 1, 4] }, { shape: [1, 1, 2] }], ([x, w]) => g.conv1d(x!, w!)),
  ],
  conv2d: [
    one(
      "with bias",
      [{ shape: ["n", 2, 3, 3] }, { shape: [2, 2, 2, 2] }, { shape: [2] }],
      ([x, kernel, bias]) => g.conv2d(x!, kernel!, { bias: bias!, strides: 2, padding: 1 }),
    ),
    one("without, no rows", [{ shape: [0, 1, 3, 3] }, { shape: [1, 1, 2, 2] }], ([x, w]) => g.conv2d(x!, w!)),
  ],
  resizeLinear: resizes(g.resizeLinear),
  resizeNearest: resizes(g.resizeNearest),
};
