import { RuntimeFailure } from "../base/errors.js";

/** A node's name as Kindred writes it: prefix, layer, operation and number; a fused node has more around it. */
const WRITTEN = /kindred\/(?:_\/)*([^/']+)\/([A-Za-z]+)\.\d+/;

/** What ONNX Runtime says of a node that failed; of a node inside loops it says it once for each level. */
const NODE_FAILED =
  /Non-zero status code returned while running (\S+) node\. Name:'([^']*)' Status Message: /g;

/** Where in ONNX Runtime's own sources the failure was noticed, and the condition it checked there. */
const PLACE = /^\S+\.(?:h|cc|cpp):\d+ (?:.* was false\. (?=\S))?/;

/**
 * Turns what ONNX Runtime says about a failed run into an error whose place is the layer: of nested nodes, the innermost.
 *
 * A node outside any layer, or in a file that Kindred has not written, is told in ONNX Runtime's words. So is a failure of
 * which the WebAssembly build does not name the node: it does for what an operation refuses by itself, not for what a check
 * of its internals does.
 */
export function runFailure(cause: unknown): RuntimeFailure {
  const said = ortMessage(cause);
  const innermost = [...said.matchAll(NODE_FAILED)].at(-1);
  const [, layer, operation] = (innermost && WRITTEN.exec(innermost[2]!)) ?? [];
  if (!innermost || layer === undefined) {
    const problem = `failed: ${said.replace(PLACE, "")}`;
    return new RuntimeFailure({ where: "session", subject: "run", problem }, { cause });
  }
  const reason = said.slice(innermost.index + innermost[0].length).replace(PLACE, "");
  const problem = `failed: ${reason} (node "${innermost[2]!}")`;
  return new RuntimeFailure({ where: `layer ${layer}`, subject: operation!, problem }, { cause });
}

/** The error for a model that ONNX Runtime refuses. */
export function modelFailure(cause: unknown): RuntimeFailure {
  const problem = `failed: ${ortMessage(cause)}`;
  return new RuntimeFailure({ where: "session", subject: "model", problem }, { cause });
}

/** What ONNX Runtime says, without the place in its sources. */
export const ortReason = (cause: unknown): string => ortMessage(cause).replace(PLACE, "");

/** What ONNX Runtime says, without its preamble, blanks around it and its full stop. */
function ortMessage(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const said = text.replace(/^.*?ERROR_MESSAGE: /s, "");
  return said.trim().replace(/\.$/, "");
}
