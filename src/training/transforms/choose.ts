import { concat, split } from "../../graph/index.js";
import { type Parameter, sizeOf } from "../../model/parameter.js";
import type { Transform } from "../transform.js";
import { chain } from "./chain.js";
import { distinctNames } from "./state-names.js";

/**
 * One transform for some parameter tensors, another for the rest. Both see and remember all parameters, and of what they give
 * each tensor takes one, so that their state vectors stay as long as the parameters.
 */
export function choose(
  test: (parameter: Parameter) => boolean,
  { chosen, rest }: { readonly chosen: Transform; readonly rest: Transform },
): Transform {
  const both = [chain(chosen), chain(rest)];
  const names = distinctNames(both.map(({ state }) => state));
  const counts = both.map(({ scalars }) => scalars!(1, 1).length);
  return {
    state: names.flat(),
    elementwise: false,
    scalars: (step, learningRate) => both.flatMap(({ scalars }) => scalars!(step, learningRate)),
    apply: (context) => {
      const sizes = context.layout.map(({ shape }) => sizeOf(shape));
      const found = both.map((transform, which) => {
        const from = which === 0 ? 0 : counts[0]!;
        const own = transform.state.map((name, i) => [name, context.state[names[which]![i]!]!] as const);
        return transform.apply({
          ...context,
          scalars: context.scalars.slice(from, from + counts[which]!),
          state: Object.fromEntries(own),
        });
      });
      const [first, second] = found.map(({ update }) => split(update, sizes, 0));
      const parts = context.layout.map((parameter, i) => (test(parameter) ? first![i]! : second![i]!));
      const next = both.flatMap(({ state }, which) =>
        state.map((name, i) => [names[which]![i]!, found[which]!.state![name]!] as const),
      );
      return {
        update: parts.length === 1 ? parts[0]! : concat(parts, 0),
        state: Object.fromEntries(next),
      };
    },
  };
}
