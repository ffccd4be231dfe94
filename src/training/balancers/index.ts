import type { Balancer } from "../balancer.js";
import { equal } from "./equal.js";
import { uncertainty } from "./uncertainty.js";

/** All balancers by slug. */
export const BALANCERS = { equal, uncertainty } satisfies Record<string, Balancer>;

/** The slug of a balancer. */
export type BalancerSlug = keyof typeof BALANCERS;
