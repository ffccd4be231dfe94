import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StudyEvent } from "../src/study/events.js";
import { MAIN, enter, everything, kindred, leave, table } from "./cli-run.js";

const FAST = ["--epochs", "4", "--members", "1", "--trunk", "16"];
const DATA = table(120);

let home: string;
let trained: Awaited<ReturnType<typeof kindred>>;

beforeAll(async () => {
  home = await enter({
    "data.csv": DATA,
    "new.csv": table(5, ({ x, y, colour }, i) => ({ id: `r${i}`, x, y, colour })),
  });
  trained = await kindred(
    ["train", "data.csv", "--tasks", "label,amount", "--link", "label:amount", ...FAST],
    { cwd: home },
  );
});

afterAll(() => leave(home));

describe("help and version", () => {
  it.skipIf(process.platform === "win32")(
    "come from a file that can be executed as it is (not on Windows)",
    () => {
      expect(spawnSync(MAIN, ["--version"], { encoding: "utf8" }).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    },
  );

  it("load nothing that computes", () => {
    const packages = [...staticPackages(MAIN)].sort();
    expect(packages).toEqual(["commander", "fastest-levenshtein", "picocolors"]);
  });

  it("show examples for every command", async () => {
    for (const command of ["demo", "init", "train", "compare", "evaluate", "predict", "export", "doctor"]) {
      const { code, out, err } = await kindred([command, "--help"], { cwd: home });
      expect([code, err]).toEqual([0, ""]);
      expect(out).toContain(`Examples:\n  $ kindred ${command}`);
    }
  });

  it("print the package's version", async () => {
    const { version } = JSON.parse(readFileSync(resolve(dirname(MAIN), "../../package.json"), "utf8")) as {
      version: string;
    };
    expect(await kindred(["--version"], { cwd: home })).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });
});

describe("train", () => {
  it("prints the table, where things are and what to run next, and leaves a whole run", async () => {
    expect(trained.err).toMatch(/^Reading {2}data\.csv$/m);
    expect(trained.err).toMatch(/^ {2}multi-task: best epoch \d+ of 4/m);
    expect(trained.out).toMatch(/^task +kind +metric/);
    expect(trained.out).toMatch(/^label +binary/m);
    expect(trained.out).toMatch(/^amount +regression/m);
    expect(trained.out).toContain("Report  runs/data-1/report.html");
    expect(trained.out).toContain("kindred predict runs/data-1 data.csv");
    expect(trained.code).toBe(0);
    expect(await everything(join(home, "runs"))).toEqual(
      expect.arrayContaining(["data-1/model.onnx", "data-1/record.json", "data-1/report.html"]),
    );
  });

  it("writes events and the result as JSON lines, and nothing else", async () => {
    const { code, out, err } = await kindred(
      ["train", "data.csv", "--tasks", "label,amount", "--json", "--out", "runs/json", ...FAST],
      { cwd: home },
    );
    expect([code, err]).toEqual([0, ""]);
    const events = out
      .trimEnd()
      .split("\n")
      .map(
        (line) =>
          JSON.parse(line) as
            | StudyEvent
            | { type: "result"; folder: string; record: { tasks: { task: string }[] } },
      );
    const types = new Set(events.map(({ type }) => type));
    for (const type of ["stage", "epoch", "trained", "result"] as const) expect(types).toContain(type);
    const last = events.at(-1)!;
    if (last.type !== "result") throw new Error(`the last line is ${last.type}`);
    expect(last.folder).toBe("runs/json");
    expect(last.record.tasks.map(({ task }) => task)).toEqual(["label", "amount"]);
  });

  it("prints only the table when asked to be quiet, and replaces a run only when told to", async () => {
    const words = ["train", "data.csv", "--tasks", "label", "--quiet", "--out", "runs/quiet", ...FAST];
    const first = await kindred(words, { cwd: home });
    expect([first.code, first.err]).toEqual([0, ""]);
    expect(first.out).not.toContain("Next:");
    const again = await kindred(words, { cwd: home });
    expect([again.code, again.out]).toEqual([2, ""]);
    expect(again.err).toMatch(/^kindred: .*runs\/quiet.*already holds a run/);
    expect((await kindred([...words, "--force"], { cwd: home })).code).toBe(0);
  });

  it("gives the same run for a study file and for flags", async () => {
    await writeFile(
      join(home, "study.yaml"),
      "data: data.csv\ntasks: [label, amount]\nrelations: ['label:amount']\nsharing: { trunk: [16], members: 1 }\nbudget: { epochs: 9 }\n",
    );
    const { code } = await kindred(["train", "study.yaml", "--epochs", "4", "--out", "runs/file"], {
      cwd: home,
    });
    expect(code).toBe(0);
    const scores = async (run: string): Promise<unknown> =>
      (JSON.parse(await readFile(join(home, "runs", run, "record.json"), "utf8")) as { evaluation: unknown })
        .evaluation;
    expect(await scores("file")).toEqual(await scores("data-1"));
  });

  it("warns loudly of an input that copies a target", async () => {
    await writeFile(
      join(home, "leak.csv"),
      table(120, (cells) => ({ ...cells, copy: cells.amount })),
    );
    const { code, err } = await kindred(
      ["train", "leak.csv", "--tasks", "amount", "--out", "runs/leak", ...FAST],
      { cwd: home },
    );
    expect(code).toBe(0);
    expect(err).toMatch(/^Warning {2}.*"copy".*"amount"/m);
  });

  it("stops politely at Ctrl-C, with 130, and says how to go on", async () => {
    const endless = ["--epochs", "100000", "--patience", "100000", "--members", "1", "--trunk", "8"];
    const words = ["train", "data.csv", "--tasks", "label,amount", ...endless, "--out", "runs/stopped"];
    const { code, err } = await kindred(words, { cwd: home, kill: { when: /Training/, signal: "SIGINT" } });
    expect(err).toContain("Press Ctrl-C again");
    const again = ["npx", "kindred", ...words, "--resume"].join(" ");
    expect(err.trimEnd().split("\n").at(-1)).toBe(`kindred: stopped. Go on with: ${again}`);
    expect(code).toBe(130);
    expect(await readdir(join(home, "runs/stopped"))).toEqual(["checkpoint"]);
  });
});

describe("predict", () => {
  it("writes one row a row to standard output, with the columns to keep", async () => {
    const { code, out } = await kindred(["predict", "runs/data-1", "new.csv", "--keep", "id"], { cwd: home });
    expect(code).toBe(0);
    const [header, ...rows] = out.trimEnd().split(/\r?\n/);
    expect(header).toMatch(/^id,label,/);
    expect(rows.map((row) => row.split(",")[0])).toEqual(["r0", "r1", "r2", "r3", "r4"]);
  });

  it("reads standard input and writes JSON lines with the same numbers", async () => {
    const input = await readFile(join(home, "new.csv"), "utf8");
    const piped = await kindred(["predict", "runs/data-1/model.onnx", "-", "--format", "jsonl"], {
      cwd: home,
      input,
    });
    const filed = await kindred(["predict", "runs/data-1", "new.csv", "--out", "p.jsonl"], { cwd: home });
    expect([piped.code, filed.code]).toEqual([0, 0]);
    expect(piped.out.trimEnd().split("\n")).toHaveLength(5);
    expect(await readFile(join(home, "p.jsonl"), "utf8")).toBe(piped.out);
  });

  it("says nothing when the reader of its output leaves", () => {
    const line = `("${process.execPath}" "${MAIN}" predict runs/data-1 data.csv; echo "code $?" >&2) | true`;
    const { stderr } = spawnSync("sh", ["-c", line], { cwd: home, encoding: "utf8" });
    expect(stderr).toBe("code 0\n");
  });

  it("refuses a run that was altered", async () => {
    await cp(join(home, "runs", "data-1"), join(home, "runs", "altered"), { recursive: true });
    const model = join(home, "runs", "altered", "model.onnx");
    const bytes = await readFile(model);
    bytes[bytes.length >> 1]! ^= 0xff;
    await writeFile(model, bytes);
    const { code, err, out } = await kindred(["predict", "runs/altered", "new.csv"], { cwd: home });
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(/^kindred: run runs\/altered: model\.onnx was altered/);
    await rm(model);
    expect((await kindred(["predict", "runs/altered", "new.csv"], { cwd: home })).err).toMatch(
      /^kindred: .*model\.onnx is missing/,
    );
  });

  it("names an input that the new rows lack", async () => {
    await writeFile(join(home, "short.csv"), "x,colour\n1,red\n2,blue\n");
    const { code, err } = await kindred(["predict", "runs/data-1", "short.csv"], { cwd: home });
    expect(code).toBe(2);
    expect(err).toMatch(/^kindred: .*"y"/);
  });
});

describe("evaluate", () => {
  it("shows the stored comparison, in words and as JSON", async () => {
    const words = await kindred(["evaluate", "runs/data-1"], { cwd: home });
    expect(words.code).toBe(0);
    expect(trained.out).toContain(words.out.trimEnd());
    const json = await kindred(["evaluate", "runs/data-1", "--json"], { cwd: home });
    expect((JSON.parse(json.out) as { tasks: { task: string }[] }).tasks.map(({ task }) => task)).toEqual([
      "label",
      "amount",
    ]);
  });

  it("scores every task on a labelled table", async () => {
    const json = await kindred(["evaluate", "runs/data-1", "data.csv", "--json"], { cwd: home });
    expect(json.code).toBe(0);
    const scores = JSON.parse(json.out) as Record<string, Record<string, number>>;
    expect(Object.keys(scores)).toEqual(["label", "amount"]);
    const words = await kindred(["evaluate", "runs/data-1", "data.csv"], { cwd: home });
    expect(words.out).toMatch(/^label +accuracy +0\.\d+/m);
  });
});

describe("export", () => {
  it("copies the model out, says how to use it, and replaces a file only when told to", async () => {
    const first = await kindred(["export", "runs/data-1"], { cwd: home });
    expect(first.code).toBe(0);
    for (const words of ["Node:", "Page:", "Python", '"colour"']) expect(first.out).toContain(words);
    expect(await readFile(join(home, "model.onnx"))).toEqual(
      await readFile(join(home, "runs", "data-1", "model.onnx")),
    );
    const again = await kindred(["export", "runs/data-1"], { cwd: home });
    expect([again.code, again.out]).toEqual([2, ""]);
    expect(
      (await kindred(["export", "runs/data-1", "--force", "--out", "model.onnx"], { cwd: home })).code,
    ).toBe(0);
  });
});

describe("init", () => {
  it("writes a study file that trains", async () => {
    const { code, out } = await kindred(
      ["init", "data.csv", "--tasks", "label,amount", "--out", "init.yaml", ...FAST],
      { cwd: home },
    );
    expect([code, out.split("\n")[0]]).toEqual([0, "Wrote init.yaml"]);
    const text = await readFile(join(home, "init.yaml"), "utf8");
    expect(text).toContain("label: { kind: classification } #");
    expect(text).toMatch(/^# {3}colour +category +input +/m);
    expect((await kindred(["train", "init.yaml", "--out", "runs/init"], { cwd: home })).code).toBe(0);
  });

  it("proposes targets when none are named, and tells what is set aside and given away", async () => {
    const data = table(60, (cells, i) => ({ key: `k-${i * 7919}-${i}`, ...cells, copy: cells.amount }));
    await writeFile(join(home, "more.csv"), data);
    const { code, out, err } = await kindred(["init", "more.csv", "--out", "-"], { cwd: home });
    expect(code).toBe(0);
    expect(err).toMatch(/^No tasks were named; proposing label, copy\./);
    expect(out).toMatch(/^# {3}key +identifier +set aside +.*identifiers are never inputs/m);
    expect(out).toMatch(/^# Warning: .*"amount"/m);
  });
});

describe("doctor", () => {
  it("finds everything it needs on this machine, as JSON and in words", async () => {
    const { code, out } = await kindred(["doctor", "--json"], { cwd: home });
    expect(code).toBe(0);
    const found = JSON.parse(out) as Record<string, { ok: boolean; found: string }>;
    expect(Object.keys(found)).toEqual([
      "ok",
      "node",
      "runtime",
      "providers",
      "duckdb",
      "cores",
      "memory",
      "folder",
    ]);
    expect(found["runtime"]!.found).toMatch(/^(native|wasm) 1\.\d+/);
    expect((await kindred(["doctor"], { cwd: home })).out).toMatch(/^✓ node/);
  });
});

/** Packages that a module imports before any dynamic import. */
function staticPackages(file: string, seen = new Set<string>(), packages = new Set<string>()): Set<string> {
  if (seen.has(file)) return packages;
  seen.add(file);
  for (const [, from] of readFileSync(file, "utf8").matchAll(
    /^(?:import|export)\s(?:[^;]*?from\s)?"([^"]+)"/gm,
  )) {
    if (from!.startsWith(".")) staticPackages(resolve(dirname(file), from!), seen, packages);
    else if (!from!.startsWith("node:")) packages.add(from!);
  }
  return packages;
}
