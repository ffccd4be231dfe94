import { cpus } from "node:os";
import { didYouMean } from "../src/base/nearest.js";
import { type Bench, type BenchPart, type BenchResult, PeerMissing } from "./bench.js";
import { browserSmall } from "./browser-small.js";
import { convDigits } from "./conv-digits.js";
import { fuzz } from "./fuzz.js";
import { gramianWeights } from "./gramian-weights.js";
import { headsGrowth } from "./heads-growth.js";
import { headsLibmtl } from "./heads-libmtl.js";
import { headsLimit } from "./heads-limit.js";
import { libmtlBench } from "./libmtl.js";
import { methodCosts } from "./method-costs.js";
import { parity } from "./parity.js";
import { scaling } from "./scaling.js";
import { kindsRight } from "./kinds-right.js";
import { quality } from "./quality.js";
import { qualityCpu } from "./quality-cpu.js";
import { readCsv } from "./read-csv.js";
import { samplingBench } from "./sampling.js";
import { serveLatency } from "./serve-latency.js";
import { serveThroughput } from "./serve-throughput.js";
import { jacobianBench } from "./jacobian.js";
import { session } from "./session.js";
import { stepBig } from "./step-big.js";
import { stepCompiled } from "./step-compiled.js";
import { MID, stepMid } from "./step-mid.js";
import { SMALL, stepSmall } from "./step-small.js";
import { streamBench } from "./stream.js";
import { streamMemory } from "./stream-memory.js";

/** What runs when it is named: one draws a chart into docs/images, one takes half an hour, some write large tables. */
const BY_NAME: Readonly<Record<string, Bench>> = {
  scaling,
  fuzz,
  sampling: samplingBench,
  quality,
  "quality-cpu": qualityCpu,
  "read-csv": readCsv,
  "method-costs": methodCosts,
  parity,
  "stream-pandas": streamBench("pandas"),
  "stream-polars": streamBench("polars"),
  "stream-memory": streamMemory,
};

/** All other benches by name. */
const BENCHES: Readonly<Record<string, Bench>> = {
  "step-small": stepSmall,
  "step-mid": stepMid,
  "step-big": stepBig,
  "step-compiled": stepCompiled,
  "jacobian-small": jacobianBench(SMALL),
  "jacobian-mid": jacobianBench(MID),
  "gramian-weights": gramianWeights,
  "heads-139-limit": headsLimit,
  "heads-139-libmtl": headsLibmtl,
  "heads-139-growth": headsGrowth,
  "libmtl-equal": libmtlBench(8, "equal"),
  "libmtl-slowest-gradient": libmtlBench(8, "gradient"),
  "libmtl-139-equal": libmtlBench(139, "equal"),
  "libmtl-139-gradient": libmtlBench(139, "gradient"),
  "browser-small": browserSmall,
  "serve-latency": serveLatency,
  "serve-throughput": serveThroughput,
  session,
  "conv-digits": convDigits,
  "kinds-right": kindsRight,
};

const ALL: Readonly<Record<string, Bench>> = { ...BENCHES, ...BY_NAME };
const USAGE = `Usage: npm run bench -- [--json] [${Object.keys(ALL).join(" | ")} ...]`;

const NAME_WIDTH = 24; // of the longest name and a gap

const json = process.argv.includes("--json");
const named = process.argv.slice(2).filter((argument) => argument !== "--json");
process.exitCode = await run(named.length > 0 ? named : Object.keys(BENCHES));

/** Runs the benches one after another; 2 for an unknown name, 3 when a peer was missing for one of them. */
async function run(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !(name in ALL));
  if (unknown !== undefined) {
    console.error(
      `bench: there is no bench "${unknown}". ${didYouMean(unknown, Object.keys(ALL)) ?? ""}\n${USAGE}`,
    );
    return 2;
  }
  if (!json)
    console.log(`${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}\n`);
  let code = 0;
  for (const name of names) {
    try {
      print(await ALL[name]!(name), name === names[0]);
    } catch (error) {
      if (!(error instanceof PeerMissing)) throw error;
      console.error(`bench ${name}: ${error.message}`);
      code = 3;
    }
  }
  return code;
}

function print(result: BenchResult, first: boolean): void {
  if (json) return console.log(JSON.stringify(result));
  if (first)
    console.log(
      `${"bench".padEnd(NAME_WIDTH)}${["ours", "peer"].map((side) => side.padStart(10)).join("")}  ${"unit".padEnd(10)}peer/ours ours/peer`,
    );
  for (const part of result.parts ?? []) console.log(line(part, result.unit));
  console.log(`${line(result, result.unit)}   ${result.against}`);
  for (const note of result.notes ?? []) console.log(`  ${note}`);
}

function line({ name, ours, peer, ratio }: BenchPart, unit: string): string {
  const numbers = [ours, peer].map((value) => value.toPrecision(4).padStart(10)).join("");
  const ratios = [ratio, 1 / ratio].map((value) => value.toFixed(2).padStart(9)).join(" ");
  return `${name.padEnd(NAME_WIDTH)}${numbers}  ${unit.padEnd(10)}${ratios}`;
}
