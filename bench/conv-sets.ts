import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { ConvolutionSpec } from "../src/model/convolution/spec.js";
import type { Task } from "../src/tasks/task-kind.js";
import { PeerMissing } from "./bench.js";

/** A set of images with a label of every task for each, training rows first. */
export interface ImageSet {
  readonly name: string;
  readonly image: ConvolutionSpec["image"];
  readonly tasks: readonly Task[];
  /** Standardised pixels `[N, C·H·W]`. */
  readonly images: Float32Array;
  /** Class indices and standardised amounts `[N, T]`. */
  readonly targets: Float32Array;
  /** Rows in all, and how many of them, from the first on, are for training. */
  readonly rows: number;
  readonly trained: number;
}

/** A set as it is read: labels by task, before standardisation. */
interface RawSet {
  readonly name: string;
  readonly side: number;
  readonly pixels: Float32Array;
  readonly labels: readonly (readonly number[])[];
  readonly trained: number;
}

/** A task's name with its number of classes, 0 for an amount. */
type TaskShape = readonly [name: string, classes: number];

/**
 * Digits of 8 × 8 pixels: which, whether even, whether 5 or more, and the ink. Rows are in the order of their writers; the last
 * third, from 1198 on, is for testing, so that no writer is in both parts.
 *
 * @see Alpaydin & Kaynak 1998, optdigits.
 */
export function digits8x8(): ImageSet {
  const [, ...lines] = text("digits8x8/data.csv");
  const cells = lines.map((line) => line.split(",").map(Number));
  const shapes: readonly TaskShape[] = [
    ["digit", 10],
    ["even", 2],
    ["ge5", 2],
    ["ink", 0],
  ];
  const pixels = Float32Array.from(cells.flatMap((row) => row.slice(0, 64)));
  const labels = cells.map((row) => row.slice(64));
  return standardised({ name: "digits8x8", side: 8, pixels, labels, trained: 1198 }, shapes);
}

/**
 * Two overlapping digits in 36 × 36 pixels: which is to the top left, which to the bottom right, their sum, and which is
 * larger. 12000 images for training, 3000 of other digits for testing.
 *
 * @see Sabour, Frosst & Hinton 2017, "Dynamic Routing Between Capsules", section 6.
 */
export function multimnist(): ImageSet {
  const [, ...lines] = text("multimnist/labels.csv");
  const cells = lines.map((line) => line.split(","));
  const shapes: readonly TaskShape[] = [
    ["top_left", 10],
    ["bottom_right", 10],
    ["sum", 0],
    ["left_larger", 2],
  ];
  const trained = cells.findIndex((row) => row[1] === "test");
  const packed = gunzipSync(readFileSync(path("multimnist/images.idx.gz")));
  const pixels = Float32Array.from(packed.subarray(4 + 4 * 3)); // after the magic number and three sizes
  const labels = cells.map((row) => row.slice(2).map(Number));
  return standardised({ name: "multimnist", side: 36, pixels, labels, trained }, shapes);
}

function standardised(
  { name, side, pixels, labels, trained }: RawSet,
  shapes: readonly TaskShape[],
): ImageSet {
  const columns = shapes.map((_, t) => Float64Array.from(labels, (row) => row[t]!));
  const tasks = shapes.map(([task, classes], t): Task => {
    if (classes > 0) {
      const names = Array.from({ length: classes }, (_, k) => String(k));
      const kind = classes === 2 ? "binary" : "multiclass";
      const priors = names.map(() => 1 / classes);
      return {
        name: task,
        coding: { kind, classes: names, classType: "integer", priors, labelled: trained },
      };
    }
    const coding = {
      kind: "regression",
      ...moments(columns[t]!.subarray(0, trained)),
      labelled: trained,
    } as const;
    return { name: task, coding };
  });
  const coded = tasks.map(({ coding }, t) => {
    if (coding.kind !== "regression") return columns[t]!;
    return columns[t]!.map((label) => (label - coding.mean) / coding.deviation);
  });
  const { mean, deviation } = moments(pixels.subarray(0, trained * side * side));
  return {
    name,
    image: { channels: 1, height: side, width: side },
    tasks,
    images: pixels.map((pixel) => (pixel - mean) / deviation),
    targets: Float32Array.from({ length: labels.length * tasks.length }, (_, at) => {
      return coded[at % tasks.length]![Math.floor(at / tasks.length)]!;
    }),
    rows: labels.length,
    trained,
  };
}

function moments(values: Float32Array | Float64Array): { mean: number; deviation: number } {
  let [sum, squares] = [0, 0];
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { mean, deviation: Math.sqrt(squares / values.length - mean * mean) };
}

const text = (file: string): string[] => readFileSync(path(file), "utf8").trim().split(/\r?\n/);

function path(file: string): string {
  const found = join(process.env["KINDRED_DATA"] ?? "../shared/data", file);
  if (existsSync(found)) return found;
  throw new PeerMissing(`${file} is not there: set KINDRED_DATA to the folder of the sets.`);
}
