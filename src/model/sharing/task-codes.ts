import type { Tensor } from "../../graph/index.js";
import { type Parameter, undecayed } from "../parameter.js";
import type { SharingInputs, SharingShape } from "./architecture.js";

/** Width of the codes of tasks that have no vectors. */
const CODE = 8;

/** Width of what tells tasks apart: that of their vectors, or of codes that are learned for the purpose. */
export const codeWidth = ({ vector }: SharingShape): number => (vector > 0 ? vector : CODE);

/** The parameters of codes: none in a model whose tasks have vectors. */
export const codesLayout = ({ vector, tasks }: SharingShape): Parameter[] =>
  vector > 0 ? [] : [{ ...undecayed("tasks.codes", [tasks.length, CODE], "normal"), perTask: true }];

/** What tells tasks apart: `[T, V]`. */
export const taskCodes = ({ vectors, parameters }: SharingInputs): Tensor =>
  vectors ?? parameters["tasks.codes"]!; // one of the two is there
