import { unaryOp } from "../elementwise.js";

/** The largest whole number not above x; its gradient is zero by definition. */
export const floor = unaryOp({ slug: "floor", accepts: "float", onnx: "Floor", value: Math.floor });
