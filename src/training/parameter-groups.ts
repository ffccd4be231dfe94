import { ConfigError } from "../base/errors.js";
import { didYouMean } from "../base/nearest.js";
import { type Layout, parameterCount } from "../model/layout.js";
import { type Parameter, sizeOf } from "../model/parameter.js";

/** Parameter tensors that are trained otherwise than the rest. */
export interface ParameterGroup {
  /**
   * Name of the parameter tensors, `*` for any text: `heads.*`, `trunk.0.*`. A balancer's own parameters are meant only by what
   * begins with `balancer.`.
   */
  readonly match: string;
  /** Factor of the learning rate, at least 0; default 1. 0 keeps the parameters as they are. */
  readonly rate?: number;
  /** Factor of the weight decay, at least 0, for tensors that decay at all; default 1. */
  readonly decay?: number;
}

/** What a step needs of parameter groups: vectors `[P]`, absent where a step does without. */
export interface GroupVectors {
  /** Strength of weight decay of each parameter; absent where nothing decays. */
  readonly decay?: Float32Array;
  /** Factor of each parameter's learning rate; absent where all are 1. */
  readonly rates?: Float32Array;
}

/** Which of the vectors of `groupVectors` there are. */
export interface GroupNeeds {
  readonly decay: boolean;
  readonly rates: boolean;
}

/** Factors of one parameter tensor. */
interface Factors {
  readonly decay: number;
  readonly rate: number;
}

const WHERE = "parameter groups";
const BALANCER = "balancer.";

/**
 * Strengths of weight decay and factors of learning rates of all parameters; a tensor's own rate counts besides. Where groups overlap, the last one that says
 * something decides, about rate and decay apart.
 *
 * @param weightDecay strength of weight decay of tensors in no group.
 * @throws {ConfigError} if a pattern matches no parameter tensor, or a factor is negative or not finite.
 */
export function groupVectors(
  layout: Layout,
  weightDecay: number,
  groups: readonly ParameterGroup[] = [],
): GroupVectors {
  const factors = factorsOf(layout, weightDecay, groups);
  const { decay, rates } = needsOf(factors);
  const filled = (of: (factors: Factors) => number): Float32Array => {
    const vector = new Float32Array(parameterCount(layout));
    let offset = 0;
    layout.forEach(({ shape }, i) => {
      const end = offset + sizeOf(shape);
      vector.fill(of(factors[i]!), offset, end);
      offset = end;
    });
    return vector;
  };
  return {
    ...(decay && { decay: filled((of) => of.decay) }),
    ...(rates && { rates: filled((of) => of.rate) }),
  };
}

/**
 * Which vectors `groupVectors` gives, for what is traced before there are any.
 *
 * @throws {ConfigError} as `groupVectors`.
 */
export function groupNeeds(
  layout: Layout,
  weightDecay: number,
  groups: readonly ParameterGroup[] = [],
): GroupNeeds {
  return needsOf(factorsOf(layout, weightDecay, groups));
}

const needsOf = (factors: readonly Factors[]): GroupNeeds => ({
  decay: factors.some(({ decay }) => decay !== 0),
  rates: factors.some(({ rate }) => rate !== 1),
});

function factorsOf(layout: Layout, weightDecay: number, groups: readonly ParameterGroup[]): Factors[] {
  const patterns = groups.map((group) => checked(group, layout));
  return layout.map(({ name, decay, rate = 1 }) => {
    const own = groups.filter((_, i) => patterns[i]!(name));
    const said = (key: "rate" | "decay"): number =>
      own.findLast((group) => group[key] !== undefined)?.[key] ?? 1;
    return { decay: decay ? weightDecay * said("decay") : 0, rate: rate * said("rate") };
  });
}

/** What tells whether a name belongs to a group. */
function checked(group: ParameterGroup, layout: Layout): (name: string) => boolean {
  const { match } = group;
  for (const key of ["rate", "decay"] as const) {
    const factor = group[key];
    if (factor === undefined || (factor >= 0 && Number.isFinite(factor))) continue;
    const subject = `${key} of ${JSON.stringify(match)}`;
    throw new ConfigError({
      where: WHERE,
      subject,
      expected: "a finite number of at least 0",
      got: String(factor),
    });
  }
  const pattern = new RegExp(`^${match.split("*").map(escaped).join(".*")}$`, "su");
  const matches = (name: string): boolean =>
    pattern.test(name) && (!name.startsWith(BALANCER) || match.startsWith(BALANCER));
  if (!layout.some(({ name }) => matches(name))) throw unknown(match, layout);
  return matches;
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`);

function unknown(match: string, layout: Layout): ConfigError {
  const names = layout.map(({ name }: Parameter) => name);
  return new ConfigError({
    where: WHERE,
    subject: `match ${JSON.stringify(match)}`,
    problem: "matches no parameter tensor",
    fix:
      didYouMean(match, [...new Set([...names, ...names.flatMap(families)])]) ??
      `The parameters are ${names.join(", ")}.`,
  });
}

/** Patterns a name belongs to: `trunk.*` and `trunk.0.*` of `trunk.0.weight`. */
function families(name: string): string[] {
  const parts = name.split(".");
  return parts.slice(1).map((_, i) => `${parts.slice(0, i + 1).join(".")}.*`);
}
