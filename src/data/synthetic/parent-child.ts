import { orthonormal } from "./directions.js";
import type { Family, PlantedTask } from "./family.js";
import { type FamilyOptions, checkWhole, familySize } from "./options.js";
import { directionsOf, drawInputs, drawTargets, familyOf, plantedTask } from "./plant.js";

/** Sizes of a hierarchy of labels. */
export interface HierarchyOptions extends FamilyOptions {
  /** Classes of the parent, at least 2; 3 when absent. */
  readonly groups?: number;
  /** Classes of the child within each class of the parent, at least 2; 2 when absent. */
  readonly perGroup?: number;
}

/**
 * Labels of a hierarchy: a `genus`, and a `species` within it.
 *
 * The genus g is the interval in which s₀ + noise·ε₀ lies, all equally frequent. The species is the genus and the interval in
 * which ±s₁ + noise·ε₁ lies, with a sign that turns round from one genus to the next: the same inputs tell species apart in
 * every genus, but the other way round. s₀ and s₁ are scores of directions at right angles. The best accuracy of the species is
 * the product of the best accuracies of the two, its log loss their sum, since they are independent.
 *
 * @throws {ConfigError} for an option out of its range; two inputs are the least.
 */
export function parentChild(options: HierarchyOptions = {}): Family {
  const where = "parentChild";
  const { groups = 3, perGroup = 2 } = options;
  checkWhole(where, "groups", groups, 2);
  checkWhole(where, "perGroup", perGroup, 2);
  const size = familySize(where, options, 2);
  const [first, second] = orthonormal(directionsOf(size), 2, size.inputs);
  const inputs = drawInputs(size);
  const equal = (count: number): number[] => Array.from({ length: count }, () => 1 / count);
  const genera = Array.from({ length: groups }, (_, g) => `genus${g + 1}`);
  const genus: PlantedTask = {
    ...plantedTask({
      kind: groups === 2 ? "binary" : "multiclass",
      noise: size.noise,
      shares: equal(groups),
      classes: genera,
    }),
    coefficients: first!,
  };
  const parts = Array.from({ length: perGroup }, (_, k) => String(k + 1));
  const within: PlantedTask = {
    ...plantedTask({ kind: "multiclass", noise: size.noise, shares: equal(perGroup), classes: parts }),
    coefficients: second!,
    parent: "genus",
  };
  const species: PlantedTask = {
    ...within,
    classes: genera.flatMap((name) => parts.map((part) => `${name}.${part}`)),
    turns: genera.map((_, g) => (g % 2 === 0 ? 1 : -1)),
    best: {
      metric: "accuracy",
      value: genus.best.value * within.best.value,
      logLoss: genus.best.logLoss! + within.best.logLoss!,
    },
  };
  const genusOf = drawTargets("genus", genus, inputs, size.seed);
  const upright = drawTargets("species", within, inputs, size.seed);
  const turned = drawTargets(
    "species",
    { ...within, coefficients: second!.map((x) => -x) },
    inputs,
    size.seed,
  );
  const speciesOf = genusOf.map((name, i) => {
    const turn = species.turns![genera.indexOf(String(name))]!;
    return `${name}.${(turn === 1 ? upright : turned)[i]}`;
  });
  return familyOf(
    inputs,
    [
      { name: "genus", task: genus, targets: genusOf },
      { name: "species", task: species, targets: speciesOf },
    ],
    { relations: ["genus:species"] },
  );
}
