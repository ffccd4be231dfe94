import type { LossBalancer } from "../balancer.js";
import { equal } from "./equal.js";
import { uncertainty } from "./uncertainty.js";

/** All balancers of losses by slug. */
export const BALANCERS = { equal, uncertainty } satisfies Record<string, LossBalancer>;

/** The slug of a balancer. */
export type BalancerSlug = keyof typeof BALANCERS;
