import { access, constants } from "node:fs/promises";
import { availableParallelism, freemem, totalmem } from "node:os";
import type { Command } from "commander";
import { paint, say } from "../screen.js";

/** Adds `kindred doctor`. */
export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .summary("show what Kindred finds on this machine")
    .description(
      "Shows versions, the tensor runtime and why it was chosen, cores, memory and the current folder.",
    )
    .option("--json", "as JSON")
    .addHelpText("after", "\nExamples:\n  $ kindred doctor\n  $ kindred doctor --json")
    .action(doctor);
}

/** One thing looked at: what was found, and whether Kindred can work with it. */
interface Finding {
  readonly name: string;
  readonly ok: boolean;
  readonly found: string;
}

async function doctor(flags: { json?: boolean }): Promise<void> {
  const findings = [node(), ...(await runtime()), await database(), cores(), memory(), await folder()];
  if (flags.json) {
    const byName = Object.fromEntries(findings.map(({ name, ok, found }) => [name, { ok, found }]));
    say(JSON.stringify({ ok: findings.every(({ ok }) => ok), ...byName }));
  } else {
    const { green, red } = paint(process.stdout);
    for (const { name, ok, found } of findings)
      say(`${ok ? green("✓") : red("✗")} ${name.padEnd(9)} ${found}`);
  }
  if (findings.some(({ ok }) => !ok)) process.exitCode = 2;
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  const where = `${process.platform} ${process.arch}`;
  return {
    name: "node",
    ok,
    found: `${process.versions.node} on ${where}${ok ? "" : "; Kindred needs 20.19 or later"}`,
  };
}

async function runtime(): Promise<Finding[]> {
  const { inspectRuntime } = await import("../../runtime/inspect.js");
  const { chosen, reason, native, wasm } = await inspectRuntime();
  if (chosen === "none") return [{ name: "runtime", ok: false, found: reason }];
  const { version, providers = ["cpu"] } = chosen === "native" ? native : wasm;
  const built = providers.join(", ");
  const accelerators = "an accelerator needs its driver as well, and is taken with KINDRED_PROVIDER";
  return [
    { name: "runtime", ok: true, found: `${chosen} ${version ?? "of unknown version"}: ${reason}` },
    { name: "providers", ok: true, found: providers.length > 1 ? `${built}; ${accelerators}` : built },
  ];
}

async function database(): Promise<Finding> {
  const { databaseVersion } = await import("../../data/sources/index.js");
  return { name: "duckdb", ok: true, found: await databaseVersion() };
}

function cores(): Finding {
  return { name: "cores", ok: true, found: String(availableParallelism()) };
}

function memory(): Finding {
  const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
  return { name: "memory", ok: true, found: `${gib(freemem())} of ${gib(totalmem())} GiB free` };
}

async function folder(): Promise<Finding> {
  const here = process.cwd();
  const ok = await access(here, constants.W_OK).then(
    () => true,
    () => false,
  );
  return {
    name: "folder",
    ok,
    found: `${here} is ${ok ? "writable" : "not writable; give --out a folder that is"}`,
  };
}
