import type { TextInput } from "../../data/encoding.js";
import {
  type Tensor,
  add,
  div,
  log,
  maximum,
  minimum,
  mul,
  reduceSum,
  scalar,
  sqrt,
  square,
  wordCounts,
} from "../../graph/index.js";
import { type Block, row } from "./block.js";

/** Weights of words, (1 + log count) · idf, divided by the length of the row's vector; all 0 for a text of unknown words. */
export function textBlock({ name, words, terms, weights, scale }: TextInput, raw: Tensor): Block {
  const counts = wordCounts(raw, words, terms, weights.length); // [batch, W]
  const one = scalar(1, "float32");
  const tf = mul(minimum(counts, one), add(log(maximum(counts, one)), one));
  const weighted = mul(tf, row(weights));
  const length = sqrt(reduceSum(square(weighted), [1], { keepDims: true })); // [batch, 1]
  const features = mul(div(weighted, maximum(length, scalar(TINY, "float32"))), scalar(scale, "float32"));
  return { features, owners: weights.map(() => name) };
}

const TINY = 1e-6; // a text without a known word has length 0
