import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../src/base/random.js";
import { type Outcome, type RunOptions, enter, kindred, leave, table } from "./cli-run.js";

const EPOCHS = 8;
const TASKS = "label=classification,amount=regression,groups=clustering:3";
const SMALL = ["--epochs", String(EPOCHS), "--patience", "99", "--members", "1", "--trunk", "12"];
const WORDS = [
  "train",
  "data.csv",
  "--tasks",
  TASKS,
  ...SMALL,
  "--average",
  "0.9",
  "--checkpoint-every",
  "0",
];
const SAME = ["metrics.json", "predictions.parquet", "model.onnx", "checkpoint/parameters.bin"] as const;

let home = "";
beforeAll(async () => {
  const gappy = table(150, (cells, i) => ({ ...cells, label: i % 5 === 0 ? "" : cells.label }));
  home = await enter({ "data.csv": gappy });
});
afterAll(() => leave(home));

const train = (name: string, more: readonly string[] = [], kill?: RunOptions["kill"]): Promise<Outcome> =>
  kindred([...WORDS, "--name", name, ...more], { cwd: home, ...(kill && { kill }) });

/** Kills with SIGKILL a moment after the `line`-th line about an epoch. */
const killAt = (line: number, afterMs: number): RunOptions["kill"] => ({
  when: new RegExp(`(?:\\d/${EPOCHS} [^]*?){${line}}`),
  signal: "SIGKILL",
  afterMs,
});

const bytes = (name: string): Promise<Buffer[]> =>
  Promise.all(SAME.map((file) => readFile(join(home, "runs", name, file))));

/** Turns one bit of the newest checkpoint over. */
async function spoil(name: string): Promise<void> {
  const folder = join(home, "runs", name, "checkpoint");
  const number = (file: string): number => Number(/\.(\d+)\.checkpoint$/.exec(file)?.[1] ?? 0);
  const newest = (await readdir(folder)).sort((a, b) => number(b) - number(a))[0]!;
  const content = await readFile(join(folder, newest));
  content[content.length >> 1]! ^= 16;
  await writeFile(join(folder, newest), content);
}

describe("a training that is killed", () => {
  it("ends with the same bytes after resuming, at ten random moments, damaged checkpoints or not", async () => {
    const whole = await train("whole");
    expect(whole.code, whole.err).toBe(0);
    const expected = await bytes("whole");
    const random = seededRandom(20, "moments");
    const moments = Array.from({ length: 10 }, (_, i) => ({
      name: `killed-${i}`,
      kill: killAt(1 + random.integer(2 * EPOCHS), 1 + random.integer(150)),
      damage: i % 3 === 2,
    }));
    const lane = async (): Promise<void> => {
      for (let moment = moments.pop(); moment; moment = moments.pop()) {
        const { name, kill, damage } = moment;
        const killed = await train(name, [], kill);
        expect([name, killed.code]).toEqual([name, null]);
        expect(await readdir(join(home, "runs", name))).toEqual(["checkpoint"]);
        if (damage) await spoil(name);
        const resumed = await train(name, ["--resume"]);
        expect(resumed.code, resumed.err).toBe(0);
        expect(resumed.err).toMatch(/Resumed; .*(done|going on): /);
        expect(/The checkpoint .* is damaged/.test(resumed.err)).toBe(damage);
        (await bytes(name)).forEach((found, i) =>
          expect(found.equals(expected[i]!), `${SAME[i]} of ${name}`).toBe(true),
        );
      }
    };
    await Promise.all([lane(), lane()]);
  }, 300_000); // a minute on a quiet machine

  it("may be killed again and again", async () => {
    const expected = await bytes("whole");
    for (const line of [2, 3, 4]) {
      const { code } = await train("often", line > 2 ? ["--resume"] : [], killAt(line, 20));
      expect(code).toBeNull();
    }
    const { code, err } = await train("often", ["--resume"]);
    expect(code, err).toBe(0);
    expect((await bytes("often")).map((found, i) => found.equals(expected[i]!))).toEqual(
      SAME.map(() => true),
    );
  }, 120_000);
});

describe("an unfinished run", () => {
  const folder = join("runs", "begun");
  beforeAll(async () => {
    const { code } = await train("begun", [], killAt(3, 10));
    expect(code).toBeNull();
  }, 120_000);

  const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["training into it", [...WORDS, "--name", "begun"], /holds an unfinished run\. Add --resume .* --force /],
    [
      "other options",
      [...WORDS, "--name", "begun", "--resume", "--clip", "2"],
      /budget\.clip \(1 then, 2 now\)/,
    ],
    [
      "another table",
      ["train", "other.csv", ...WORDS.slice(2), "--name", "begun", "--resume"],
      /resume: the table \(its .*\) changed since the run began/,
    ],
    ["both flags", [...WORDS, "--name", "begun", "--resume", "--force"], /--resume and --force contradict/],
    [
      "predicting",
      ["predict", folder, "data.csv"],
      /training is not finished\. Go on with npx kindred train data/,
    ],
    ["evaluating", ["evaluate", folder], /training is not finished/],
    [
      "no run to resume",
      ["train", "other.csv", ...WORDS.slice(2), "--resume"],
      /no unfinished run of other\.csv/,
    ],
    [
      "a wrong time",
      [...WORDS, "--checkpoint-every", "soon"],
      /--checkpoint-every must be a number of seconds/,
    ],
  ];

  it.each(mistakes)(
    "explains %s in one line, with exit code 2, and stays as it is",
    async (_, words, text) => {
      await writeFile(join(home, "other.csv"), table(140));
      const before = await readdir(join(home, folder, "checkpoint"));
      const { code, err } = await kindred(words, { cwd: home });
      const lines = err
        .trimEnd()
        .split("\n")
        .filter((line) => line.startsWith("kindred: "));
      expect([code, lines.length]).toEqual([2, 1]);
      expect(lines[0]).toMatch(text);
      expect((await readdir(join(home, folder, "checkpoint"))).filter((file) => file !== "lock")).toEqual(
        before.filter((file) => file !== "lock"),
      );
    },
  );

  it("is started anew by --force, and a finished one has nothing to resume", async () => {
    const forced = await train("begun", ["--force"]);
    expect(forced.code, forced.err).toBe(0);
    expect(forced.err).not.toContain("Resumed");
    const again = await train("begun", ["--resume"]);
    expect([again.code, again.err]).toEqual([2, expect.stringContaining("holds a finished run")]);
  });
});
