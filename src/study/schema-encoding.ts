import { NORMALISATIONS } from "../data/encoders/normalisation.js";
import type { Setting } from "./schema-setting.js";

/** The settings of a study file under `encoding`. */
export const ENCODING_SETTINGS: readonly Setting[] = [
  {
    path: "encoding.category",
    flag: "category",
    placeholder: "coding",
    value: { type: "choice", choices: ["auto", "one-hot", "target", "hashing"] },
    doc: "how categories become features: a place for each level, statistics of the tasks' labels by level, or few buckets; auto: one-hot up to 50 levels, else target",
  },
  {
    path: "encoding.normalisation",
    flag: "normalisation",
    placeholder: "scale",
    value: { type: "choice", choices: NORMALISATIONS },
    doc: "how numbers are brought to one scale: by mean and deviation, by median and quartiles, or by quantiles to normal scores",
  },
  {
    path: "encoding.numbers",
    flag: "numbers",
    placeholder: "features",
    value: { type: "choice", choices: ["piecewise", "periodic", "auto"] },
    doc: "what is made of a number beside itself: its place among bins of training values, or learned waves; auto trains both and takes what validation rows speak for",
  },
  {
    path: "encoding.frequencies",
    flag: "frequencies",
    placeholder: "n",
    value: { type: "number", whole: true, min: 1, max: 1024 },
    doc: "periodic numbers: learned frequencies of each number",
  },
  {
    path: "encoding.frequencyScale",
    flag: "frequency-scale",
    placeholder: "number",
    value: { type: "number", above: 0, max: 1000 },
    doc: "periodic numbers: the deviation of the frequencies at the start; larger for functions that change fast",
  },
  {
    path: "encoding.frequencyWidth",
    flag: "frequency-width",
    placeholder: "n",
    value: { type: "number", whole: true, min: 1, max: 1024 },
    doc: "periodic numbers: features made of each number's waves; fewer beyond 6000 over all numbers",
  },
];
