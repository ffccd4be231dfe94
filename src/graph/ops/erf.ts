import { unaryOp } from "../elementwise.js";

const FAR = 6; // beyond it 1 − |erf| < 2e-17, less than float64 can tell from 1

/**
 * The error function, 2/√π ∫₀ˣ e^(−t²) dt.
 *
 * @see Abramowitz & Stegun 1964, "Handbook of Mathematical Functions", 7.1.6 (the series of the reference, all terms of one sign).
 */
export const erf = unaryOp({
  slug: "erf",
  accepts: "float",
  onnx: "Erf",
  value(x) {
    if (!(Math.abs(x) < FAR)) return Math.sign(x);
    let term = x;
    let sum = x;
    for (let n = 1; sum + term !== sum; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  },
  gradient({ g, x, emit, scalar }) {
    const density = emit("exp", [emit("neg", [emit("square", [x])])]);
    return emit("mul", [g, emit("mul", [density, scalar(2 / Math.sqrt(Math.PI), x.dtype)])]);
  },
});
