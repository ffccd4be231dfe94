import type { SharingArchitecture } from "./architecture.js";
import { adatt } from "./adatt.js";
import { aitm } from "./aitm.js";
import { cgc } from "./cgc.js";
import { crossStitch } from "./cross-stitch.js";
import { dselectK } from "./dselect-k.js";
import { esmm } from "./esmm.js";
import { film } from "./film.js";
import { hard } from "./hard.js";
import { hypernetwork } from "./hypernetwork.js";
import { learningToBranch } from "./learning-to-branch.js";
import { lowRank } from "./low-rank.js";
import { mmoe } from "./mmoe.js";
import { mtan } from "./mtan.js";
import { nddr } from "./nddr.js";
import { outputChain } from "./output-chain.js";
import { ple } from "./ple.js";
import { rank1 } from "./rank-1.js";
import { sluice } from "./sluice.js";
import { softSharing } from "./soft-sharing.js";
import { tensorFactorisation } from "./tensor-factorisation.js";

/** All sharing architectures by slug. */
export const ARCHITECTURES = {
  hard,
  mmoe,
  cgc,
  ple,
  "rank-1": rank1,
  film,
  "low-rank": lowRank,
  "tensor-factorisation": tensorFactorisation,
  hypernetwork,
  "soft-sharing": softSharing,
  "cross-stitch": crossStitch,
  sluice,
  nddr,
  mtan,
  adatt,
  "dselect-k": dselectK,
  "learning-to-branch": learningToBranch,
  esmm,
  aitm,
  "output-chain": outputChain,
} satisfies Record<string, SharingArchitecture>;

/** The slug of a sharing architecture. */
export type SharingSlug = keyof typeof ARCHITECTURES;
