import type { Tensor } from "../../graph/index.js";
import type { Transform, TransformContext, Transformed, Vectors } from "../transform.js";
import { inBlocks } from "./blocks.js";
import { scaleByGroupRates, scaleByRate } from "./scale-by-rate.js";
import { distinctNames } from "./state-names.js";

/** A transform in a chain: its state names in the chain, and where its scalars begin. */
interface Placed {
  readonly link: Transform;
  /** Own name → name in the chain. */
  readonly names: readonly (readonly [own: string, name: string])[];
  readonly from: number;
  readonly count: number;
}

type Whole = Pick<TransformContext, "parameters" | "state" | "scalars" | "decay" | "rates" | "layout">;

/**
 * Transforms one after another, as one transform; a chain of chains is the chain of all they are made of.
 *
 * Element-wise neighbours run together, block by block where there are many parameters (see `blocksOf`). A state name that is
 * taken gets a number: two traces have `velocity` and `velocity-2`. An empty chain changes nothing.
 */
export function chain(...transforms: readonly Transform[]): Transform {
  const links = transforms.flatMap((transform) => transform.links ?? [transform]);
  const placed = placements(withRates(links));
  return {
    links,
    state: placed.flatMap(({ names }) => names.map(([, name]) => name)),
    elementwise: links.every(({ elementwise, measure }) => elementwise && !measure),
    scalars: (step, learningRate) => placed.flatMap(({ link }) => link.scalars?.(step, learningRate) ?? []),
    apply: (context) => {
      let update = context.update;
      const state: Record<string, Tensor> = {};
      for (const stretch of stretches(placed)) {
        const found = applied(stretch, update, context);
        update = found.update;
        Object.assign(state, found.state);
      }
      return { update, state };
    },
  };
}

/** With the learning rate taken into transforms that have it for nothing. */
function withRates(links: readonly Transform[]): Transform[] {
  return links.flatMap((link, i) => {
    if (link === scaleByRate && links[i - 1]?.rated) return [scaleByGroupRates];
    return link.rated && links[i + 1] === scaleByRate ? [link.rated] : [link];
  });
}

function placements(links: readonly Transform[]): Placed[] {
  const names = distinctNames(links.map(({ state }) => state));
  let from = 0;
  return links.map((link, i) => {
    const count = link.scalars?.(1, 1).length ?? 0;
    from += count;
    return {
      link,
      names: link.state.map((own, k) => [own, names[i]![k]!] as const),
      from: from - count,
      count,
    };
  });
}

/** Runs of element-wise transforms, of which only the first may measure the whole; others each for itself. */
function stretches(placed: readonly Placed[]): Placed[][] {
  const found: Placed[][] = [];
  for (const each of placed) {
    const last = found.at(-1);
    const joins = last?.every(({ link }) => link.elementwise) && each.link.elementwise && !each.link.measure;
    if (joins) last!.push(each);
    else found.push([each]);
  }
  return found;
}

function applied(stretch: readonly Placed[], update: Tensor, whole: Whole): Required<Transformed> {
  const first = stretch[0]!;
  const measured = first.link.measure?.({ update, scalars: scalarsOf(first, whole) }) ?? [];
  const through = (vectors: Vectors): Required<Transformed> => {
    const state: Record<string, Tensor> = {};
    let now = vectors.update;
    for (const each of stretch) {
      const found = each.link.apply({
        ...vectors,
        update: now,
        state: Object.fromEntries(each.names.map(([own, name]) => [own, vectors.state[name]!])),
        scalars: scalarsOf(each, whole),
        measured,
        layout: whole.layout,
      });
      now = found.update;
      for (const [own, name] of each.names) state[name] = found.state![own]!;
    }
    return { update: now, state };
  };
  const names = stretch.flatMap((each) => each.names.map(([, name]) => name));
  const vectors = { ...whole, update, state: whole.state };
  return first.link.elementwise ? blocked(vectors, names, through) : through(vectors);
}

const scalarsOf = ({ from, count }: Placed, { scalars }: Whole): readonly Tensor[] =>
  scalars.slice(from, from + count);

function blocked(
  { update, parameters, state, decay, rates }: Vectors,
  names: readonly string[],
  through: (vectors: Vectors) => Required<Transformed>,
): Required<Transformed> {
  const optional = [decay, rates].filter((vector) => vector !== undefined);
  const given = [update, parameters, ...names.map((name) => state[name]!), ...optional];
  const [next, ...states] = inBlocks(given, ([piece, own, ...rest]) => {
    const found = through({
      update: piece!,
      parameters: own!,
      state: Object.fromEntries(names.map((name, i) => [name, rest[i]!])),
      decay: decay && rest[names.length],
      rates: rates && rest.at(-1),
    });
    return [found.update, ...names.map((name) => found.state[name]!)];
  });
  return { update: next!, state: Object.fromEntries(names.map((name, i) => [name, states[i]!])) };
}
