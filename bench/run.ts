import { cpus } from "node:os";
import { didYouMean } from "../src/base/nearest.js";
import { type Bench, type BenchResult, PeerMissing } from "./bench.js";
import { browserSmall } from "./browser-small.js";
import { stepBig } from "./step-big.js";
import { stepMid } from "./step-mid.js";
import { stepSmall } from "./step-small.js";

/** All benches by name. */
const BENCHES: Readonly<Record<string, Bench>> = {
  "step-small": stepSmall,
  "step-mid": stepMid,
  "step-big": stepBig,
  "browser-small": browserSmall,
};

const USAGE = `Usage: npm run bench -- [--json] [${Object.keys(BENCHES).join(" | ")} ...]`;

const json = process.argv.includes("--json");
const named = process.argv.slice(2).filter((argument) => argument !== "--json");
process.exitCode = await run(named.length > 0 ? named : Object.keys(BENCHES));

/** Runs the benches one after another; 2 for an unknown name, 3 when a peer is missing. */
async function run(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !(name in BENCHES));
  if (unknown !== undefined) {
    console.error(
      `bench: there is no bench "${unknown}". ${didYouMean(unknown, Object.keys(BENCHES)) ?? ""}\n${USAGE}`,
    );
    return 2;
  }
  if (!json)
    console.log(`${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}\n`);
  try {
    for (const name of names) print(await BENCHES[name]!(name), name === names[0]);
    return 0;
  } catch (error) {
    if (!(error instanceof PeerMissing)) throw error;
    console.error(`bench: ${error.message}`);
    return 3;
  }
}

function print(result: BenchResult, first: boolean): void {
  if (json) return console.log(JSON.stringify(result));
  if (first)
    console.log(
      `${"bench".padEnd(14)}${"ours".padStart(10)}${"peer".padStart(10)}  ${"unit".padEnd(10)}peer/ours`,
    );
  const numbers = [result.ours, result.peer].map((value) => value.toPrecision(4).padStart(10)).join("");
  console.log(
    `${result.name.padEnd(14)}${numbers}  ${result.unit.padEnd(10)}${result.ratio.toFixed(2)}   ${result.against}`,
  );
}
