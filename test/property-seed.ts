import fc from "fast-check";

/**
 * Random inputs of all property tests come from one seed, so that the same code has the same verdict twice.
 * `KINDRED_TEST_SEED` names another one, an integer, and `KINDRED_TEST_RUNS` how many inputs a property gets that does not
 * say so itself.
 */
const { KINDRED_TEST_SEED: seed = "1", KINDRED_TEST_RUNS: runs = "100" } = process.env;
fc.configureGlobal({
  seed: whole("KINDRED_TEST_SEED", seed, Number.MIN_SAFE_INTEGER),
  numRuns: whole("KINDRED_TEST_RUNS", runs, 1), // with none a property could not fail
});

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < least)
    throw new RangeError(`${name} must be an integer from ${least} on, not ${JSON.stringify(text)}`);
  return value;
}
