import { defineOp } from "../op.js";
import type { Tensor } from "../tensor.js";
import { value } from "../value.js";

interface WordCountsAttributes {
  readonly words: readonly string[];
  readonly terms: readonly number[];
  readonly width: number;
  readonly [key: string]: number | readonly number[] | readonly string[];
}

/** A word is a run of letters, marks and digits of any script, as both RE2 and JavaScript read it. */
export const WORD_PATTERN = String.raw`[\p{L}\p{M}\p{N}]+`;

/**
 * How often each term occurs in each text, `[N]` to `[N, width]` float32: word i of the list counts for term `terms[i]`, so
 * that several spellings can be one term; words that are not listed count for none.
 *
 * Two operators do it: `Tokenizer` of the domain com.microsoft, which every full build of ONNX Runtime has (ONNX has none that
 * takes a pattern), and `TfIdfVectorizer`. One text is added and taken away again, since without any word `Tokenizer` has no
 * second axis.
 */
export const wordCounts = defineOp<
  WordCountsAttributes,
  (x: Tensor, words: readonly string[], terms: readonly number[], width: number) => Tensor
>(
  {
    slug: "word-counts",
    infer({ inputs, attributes: { words, terms, width }, fail }) {
      const { shape, dtype } = inputs[0]!;
      if (dtype !== "string" || shape.length !== 1)
        throw fail("input", "a vector of strings", undefined, `${dtype} of rank ${shape.length}`);
      if (new Set(words).size < words.length) throw fail("words", "distinct");
      if (terms.length !== words.length || terms.some((term) => term < 0 || term >= width))
        throw fail("terms", `one below ${width} for each word`);
      if (width < 1) throw fail("width", "at least 1", undefined, String(width));
      return [{ shape: [shape[0]!, width], dtype: "float32" }];
    },
    differentiable: "zero",
    onnx({ inputs, outputs, attributes: { words, terms, width }, emit, ints, strings }) {
      const texts = emit("Concat", [inputs[0]!, strings(["0"])], { attributes: { axis: 0 } });
      const tokens = emit("Tokenizer", [texts], {
        domain: "com.microsoft",
        attributes: { mark: 0, mincharnum: 1, pad_value: "", tokenexp: WORD_PATTERN },
      });
      const places = emit("LabelEncoder", [tokens], {
        domain: "ai.onnx.ml",
        attributes: {
          keys_strings: ["", ...words],
          values_int64s: [-1, ...terms],
          default_int64: -1,
        },
      });
      const all = Array.from({ length: width }, (_, i) => i);
      const counts = emit("TfIdfVectorizer", [places], {
        attributes: {
          mode: "TF",
          min_gram_length: 1,
          max_gram_length: 1,
          max_skip_count: 0,
          ngram_counts: [0],
          ngram_indexes: all,
          pool_int64s: all,
        },
      });
      emit("Slice", [counts, ints([0]), ints([-1]), ints([0])], { outputs });
    },
    reference({ inputs, attributes: { words, terms, width } }) {
      const x = inputs[0]!;
      const known = new Map(words.map((word, i) => [word, terms[i]!]));
      const counts = new Float64Array(x.data.length * width);
      [...x.data].forEach((text, row) => {
        for (const [word] of String(text).matchAll(new RegExp(WORD_PATTERN, "gu"))) {
          const term = known.get(word);
          if (term !== undefined) counts[row * width + term]! += 1;
        }
      });
      return [value([x.shape[0]!, width], counts)];
    },
  },
  (apply) => (x, words, terms, width) => apply([x], { words, terms, width })[0]!,
);
