/** What a paper says of a method on the toy problem. */
export interface Claim {
  /** True if the method reaches the Pareto set from every starting point, false if it does not. */
  readonly reaches: boolean;
  /** Authors, year and place. */
  readonly source: string;
}

const NAVON = "Navon et al. 2022, figure 1";

/** What papers say of methods on the toy problem with the published starting points. */
export const CLAIMS: Readonly<Record<string, Claim>> = {
  "aligned-mtl": { reaches: true, source: "Senushkin et al. 2023" },
  cagrad: { reaches: false, source: NAVON },
  equal: { reaches: false, source: NAVON },
  fairgrad: { reaches: true, source: "Ban & Ji 2024" },
  mgda: { reaches: true, source: NAVON },
  "nash-mtl": { reaches: true, source: NAVON },
  pcgrad: { reaches: false, source: NAVON },
};
