import type { Balancer, GramianBalancer, LossBalancer } from "../balancer.js";
import { alignedMtl } from "./aligned-mtl.js";
import { cagrad } from "./cagrad.js";
import { config } from "./config.js";
import { dualproj } from "./dualproj.js";
import { equal } from "./equal.js";
import { fairgrad } from "./fairgrad.js";
import { gradnorm } from "./gradnorm.js";
import { gradvac } from "./gradvac.js";
import { imtlG } from "./imtl-g.js";
import { mgda } from "./mgda.js";
import { nashMtl } from "./nash-mtl.js";
import { pcgrad } from "./pcgrad.js";
import { peLtr } from "./pe-ltr.js";
import { uncertainty } from "./uncertainty.js";
import { upgrad } from "./upgrad.js";

/** All balancers of losses by slug. */
export const LOSS_BALANCERS = { equal, uncertainty } satisfies Record<string, LossBalancer>;

/** All balancers that read the Gramian of the tasks' gradients, by slug. */
export const GRAMIAN_BALANCERS = {
  "aligned-mtl": alignedMtl,
  cagrad,
  config,
  dualproj,
  fairgrad,
  gradnorm,
  gradvac,
  "imtl-g": imtlG,
  mgda,
  "nash-mtl": nashMtl,
  pcgrad,
  "pe-ltr": peLtr,
  upgrad,
} satisfies Record<string, GramianBalancer>;

/** All balancers by slug. */
export const BALANCERS = { ...LOSS_BALANCERS, ...GRAMIAN_BALANCERS } satisfies Record<string, Balancer>;

/** The slug of a balancer. */
export type BalancerSlug = keyof typeof BALANCERS;
