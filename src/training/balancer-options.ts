import type { Balancer, BalancerOptions } from "./balancer.js";

/** A value for every option of a balancer: the one given, or its default. */
export const allOptions = (
  { options }: Pick<Balancer, "options">,
  given: BalancerOptions = {},
): BalancerOptions =>
  Object.fromEntries(Object.entries(options).map(([name, option]) => [name, given[name] ?? option.default]));
