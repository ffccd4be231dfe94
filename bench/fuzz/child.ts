import { mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TargetName, allTargets } from "./all-targets.js";
import { drive } from "./drive.js";
import { shareDatabase } from "./one-database.js";

/** `child.ts <target> <seed> <count> <file for what is going on> [--each] [--own]`: a share of one target's inputs. */
const [name = "", seed = "1", count = "1000", diary = "/dev/null", ...flags] = process.argv.slice(2);

const folder = mkdtempSync(join(tmpdir(), "kindred-fuzz-"));
const page = openSync(diary, "w");
process.chdir(folder);
const targets = allTargets(process.env["KINDRED_DATA"]);
const make = Object.hasOwn(targets, name) ? targets[name as TargetName] : undefined;
if (make === undefined) throw new Error(`fuzz: there is no target "${name}"`);
const target = await make(folder);
const release = flags.includes("--own") ? (): void => {} : await shareDatabase();
const write = (text: string): void => void writeSync(page, text.padEnd(80), 0);
const tally = await drive(
  target,
  { seed: Number(seed), count: Number(count) },
  {
    onBatch: (batch, size) => write(`${batch} ${size}`),
    ...(flags.includes("--each") && {
      onInput: (input: Uint8Array | string) => writeFileSync(`${diary}.input`, input),
    }),
  },
);
release();
rmSync(folder, { recursive: true, force: true });
const findings = tally.findings.map((one) => ({ ...one, input: Buffer.from(one.input).toString("base64") }));
process.stdout.write(`${JSON.stringify({ ...tally, findings })}\n`, () => process.exit(0));
