import * as fc from "fast-check";
import { explain } from "../../src/cli/failure.js";
import { buildProgram } from "../../src/cli/program.js";
import { SETTINGS } from "../../src/study/schema.js";
import { AWKWARD, columnName } from "./cells.js";
import { type FuzzTarget, holds, type Outcome } from "./target.js";

const FLAGS = [
  ...SETTINGS.flatMap(({ flag }) => (flag === undefined ? [] : [`--${flag}`])),
  "--task", "--kind", "--reference", "--out", "--name", "--force", "--resume", "--checkpoint-every", "--json", "--quiet", "--keep",
  "--format", "--", "-h", "-x", "--no-such", "--tasks=", "--seed=", "-",
]; // prettier-ignore

const word: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...FLAGS) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "a", "a,b", "a=regression", "a=clustering:3", "a=clustering:x", "=", ",", "a~b", "a:b", "a!b", ":", "1", "0", "-1", "0.5", "1e999",
      "auto", "NaN", "random", "stratified", "column:a", "group:a", "time:", "64,32", "64,", "64,x", "a=b=c", "a=", "=a", "numeric",
    ), // prettier-ignore
  },
  { weight: 2, arbitrary: fc.constantFrom(...AWKWARD) },
  { weight: 1, arbitrary: columnName },
);

/** A table that is not there, so that words which are all right still end before anything is done. */
const ABSENT = ["absent.csv", "absent.yaml", "absent.parquet", "absent/x.jsonl"];

interface Words {
  readonly words: readonly string[];
}

const inputs: fc.Arbitrary<Words> = fc
  .record({
    command: fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom("train", "init") },
      { weight: 3, arbitrary: fc.constantFrom("predict", "evaluate", "export") },
      { weight: 1, arbitrary: word },
    ),
    data: fc.constantFrom(...ABSENT),
    rest: fc.array(word, { maxLength: 8 }),
  })
  .map(({ command, data, rest }) => ({ words: [command, data, ...rest] }));

/** Words of the command line, in this process, up to the table that is not there. */
export const flagsTarget = async (): Promise<FuzzTarget> =>
  ({
    name: "flags",
    inputs,
    save: ({ words }) => JSON.stringify(words),
    run: ({ words }) => muted(() => typed(words)),
  }) satisfies FuzzTarget<Words>;

async function typed(words: readonly string[]): Promise<Outcome> {
  try {
    await buildProgram().parseAsync([...words], { from: "user" });
    return "read";
  } catch (error) {
    const { code, lines } = explain(error, { terminal: false, interrupted: false });
    if (code === 0) return "read";
    if (code !== 2) throw error;
    for (const line of lines) {
      holds(line.startsWith("kindred: ") && !/[\n\r]/.test(line), () => `not one line: ${line}`);
      holds(line.length < 1500, () => `a line of ${line.length} characters: ${line.slice(0, 200)}`);
    }
    return "refused";
  }
}

/** Nothing that a command says comes through. */
async function muted<T>(run: () => Promise<T>): Promise<T> {
  const streams = [process.stdout, process.stderr];
  const writers = streams.map((stream) => stream.write.bind(stream));
  for (const stream of streams) {
    stream.write = (_: unknown, ...rest: unknown[]) => {
      const done = rest.findLast((one) => typeof one === "function") as (() => void) | undefined;
      done?.();
      return true;
    };
  }
  try {
    return await run();
  } finally {
    streams.forEach((stream, i) => {
      stream.write = writers[i]!;
    });
  }
}
