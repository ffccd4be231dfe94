// Plain JavaScript so that it runs even when nothing could be installed.
// Prints `N passed, N failed` from vitest's JSON report; exits 1 when anything failed or nothing ran.
// Usage: node scripts/count-tests.mjs <report.json> [failures outside the tests]
import { existsSync, readFileSync } from "node:fs";

const [path, outside = "0"] = process.argv.slice(2);
const report = path && existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : { testResults: [] };
const tests = report.testResults.flatMap((file) => file.assertionResults);
const passed = tests.filter((test) => test.status === "passed").length;
const failedTests = tests.filter((test) => test.status === "failed").length;
// A file that could not be loaded, or whose hooks failed, is one failure although no test of it is.
const failedFiles = report.testResults.filter(
  (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
).length;
const failed = failedTests + failedFiles + Number(outside);
if (passed + failed === 0) console.log("No test ran.");
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
