import type { Balancer, GramianBalancer, JacobianBalancer, LossBalancer } from "../balancer.js";
import { smoothed } from "../smoothed-weights.js";
import { adatask } from "./adatask.js";
import { alignedMtl } from "./aligned-mtl.js";
import { cagrad } from "./cagrad.js";
import { config } from "./config.js";
import { dbMtl } from "./db-mtl.js";
import { dualproj } from "./dualproj.js";
import { dwa } from "./dwa.js";
import { epo } from "./epo.js";
import { equal } from "./equal.js";
import { excessMtl } from "./excess-mtl.js";
import { fairgrad } from "./fairgrad.js";
import { famo } from "./famo.js";
import { fixed } from "./fixed.js";
import { gls } from "./gls.js";
import { graddrop } from "./graddrop.js";
import { gradnorm } from "./gradnorm.js";
import { gradvac } from "./gradvac.js";
import { imtlG } from "./imtl-g.js";
import { imtlL } from "./imtl-l.js";
import { mgda } from "./mgda.js";
import { mgdaUb } from "./mgda-ub.js";
import { moco } from "./moco.js";
import { modo } from "./modo.js";
import { nashMtl } from "./nash-mtl.js";
import { pcgrad } from "./pcgrad.js";
import { peLtr } from "./pe-ltr.js";
import { rlw } from "./rlw.js";
import { scaleInvariant } from "./scale-invariant.js";
import { sdmgrad } from "./sdmgrad.js";
import { stch } from "./stch.js";
import { uncertainty } from "./uncertainty.js";
import { upgrad } from "./upgrad.js";

/** All balancers of losses by slug. */
export const LOSS_BALANCERS = {
  dwa,
  equal,
  famo,
  fixed,
  gls,
  "imtl-l": imtlL,
  rlw,
  "scale-invariant": scaleInvariant,
  stch,
  uncertainty,
} satisfies Record<string, LossBalancer>;

/** All balancers that read the Gramian of the tasks' gradients, by slug, each as its paper has it. */
export const GRAMIAN_BALANCERS = {
  "aligned-mtl": alignedMtl,
  cagrad,
  config,
  dualproj,
  epo,
  fairgrad,
  gradnorm,
  gradvac,
  "imtl-g": imtlG,
  mgda,
  "mgda-ub": mgdaUb,
  modo,
  "nash-mtl": nashMtl,
  pcgrad,
  "pe-ltr": peLtr,
  sdmgrad,
  upgrad,
} satisfies Record<string, GramianBalancer>;

/** All balancers that read the tasks' gradients entry by entry, by slug. */
export const JACOBIAN_BALANCERS = {
  adatask,
  "db-mtl": dbMtl,
  "excess-mtl": excessMtl,
  graddrop,
  moco,
} satisfies Record<string, JacobianBalancer>;

const SMOOTHED = Object.fromEntries(
  Object.entries(GRAMIAN_BALANCERS).map(([slug, balancer]) => [slug, smoothed(balancer)]),
) as Record<keyof typeof GRAMIAN_BALANCERS, GramianBalancer>; // of the same keys

/** All balancers by slug, as studies use them: the weights of those that read gradients may be smoothed over steps. */
export const BALANCERS = { ...LOSS_BALANCERS, ...SMOOTHED, ...JACOBIAN_BALANCERS } satisfies Record<
  string,
  Balancer
>;

/** The slug of a balancer. */
export type BalancerSlug = keyof typeof BALANCERS;
