import { nowMs } from "../src/base/clock.js";
import { readTable } from "../src/data/sources/index.js";
import type { CsvPass } from "./read-csv-table.js";

const seconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const [begun, worked] = [nowMs(), seconds()];
const table = await readTable(process.argv[2]!);
const pass: CsvPass = {
  versions: "",
  rows: table.rows,
  seconds: (nowMs() - begun) / 1000,
  processorSeconds: seconds() - worked,
  peakBytes: process.resourceUsage().maxRSS * 1024,
};
console.log(JSON.stringify(pass));
