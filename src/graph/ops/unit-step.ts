import { unaryOp } from "../elementwise.js";
import { ELEMENT_TYPES } from "../onnx/element-types.js";

const STEEP = 3e38; // lifts every normal number above 0 to at least 1 in float32

/**
 * 1 where x is above 0, else 0, as a number: what the gradient of `relu` multiplies by.
 *
 * In float32 numbers below 3·10⁻³⁹ (subnormal ones) give a value between 0 and 1.
 */
export const unitStep = unaryOp({
  slug: "unit-step",
  accepts: "float",
  onnx({ node, inputs, outputs, emit, scalar }) {
    const { dtype } = node.outputs[0]!;
    if (dtype === "float32") {
      // One pass through memory where Greater and Cast take two.
      emit("HardSigmoid", inputs, { outputs, attributes: { alpha: { float: STEEP }, beta: { float: 0 } } });
      return;
    }
    const above = emit("Greater", [inputs[0]!, scalar(0, dtype)]);
    emit("Cast", [above], { outputs, attributes: { to: ELEMENT_TYPES[dtype] } });
  },
  value: (x) => (x > 0 ? 1 : 0),
});
