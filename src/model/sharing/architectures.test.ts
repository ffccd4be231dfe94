import type { SharingArchitecture } from "./architecture.js";
import { architectureContract } from "./architecture.contract.js";
import { ARCHITECTURES } from "./index.js";

for (const architecture of Object.values<SharingArchitecture>(ARCHITECTURES))
  architectureContract(architecture);
