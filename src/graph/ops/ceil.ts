import { unaryOp } from "../elementwise.js";

/** The smallest whole number not below x; its gradient is zero by definition. */
export const ceil = unaryOp({ slug: "ceil", accepts: "float", onnx: "Ceil", value: Math.ceil });
