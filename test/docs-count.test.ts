import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const script = fileURLToPath(new URL("../scripts/count-tests.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "kindred-count-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Last line and exit code of the count over test files, each a list of its tests' states. */
function count(
  files: readonly (readonly string[])[],
  outside = 0,
  broken = false,
): readonly [string, number | null] {
  const testResults = files.map((states) => ({
    status: broken || states.includes("failed") ? "failed" : "passed",
    assertionResults: states.map((status) => ({ status })),
  }));
  const report = join(folder, "report.json");
  writeFileSync(report, JSON.stringify({ testResults }));
  const { stdout, status } = spawnSync(process.execPath, [script, report, String(outside)], {
    encoding: "utf8",
  });
  return [stdout.trimEnd().split("\n").at(-1)!, status];
}

describe("the closing line of the continuous integration", () => {
  it("counts tests over all files, skipped ones on neither side", () => {
    expect(
      count([
        ["passed", "passed"],
        ["passed", "pending"],
      ]),
    ).toEqual(["3 passed, 0 failed", 0]);
  });

  it("fails with a failed test, with a file that could not be loaded, and with a failed check", () => {
    expect(count([["passed", "failed"]])).toEqual(["1 passed, 1 failed", 1]);
    expect(count([[]], 0, true)).toEqual(["0 passed, 1 failed", 1]);
    expect(count([["passed"]], 1)).toEqual(["1 passed, 1 failed", 1]);
  });

  it("fails when no test ran", () => {
    expect(count([])).toEqual(["0 passed, 0 failed", 1]);
    expect(count([["pending"]])).toEqual(["0 passed, 0 failed", 1]);
  });
});
