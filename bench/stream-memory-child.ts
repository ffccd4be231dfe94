import { completeStudy } from "../src/study/schema-complete.js";
import { openStudy } from "../src/study/study.js";

const [data, folder, epochs] = process.argv.slice(2) as [string, string, string];

const options = completeStudy(
  { data, tasks: { y0: {}, y1: {}, y2: {} }, budget: { epochs: Number(epochs) } },
  "bench",
);
const texts: string[] = [];
const study = await openStudy(options, {
  onEvent: (event) => {
    if (event.type === "notice") texts.push(event.text);
  },
});
const model = await study.train({ folder, overwrite: true });
await model.close();
const { deltaM, tasks } = model.record.evaluation;
console.log(
  JSON.stringify({
    peakBytes: process.resourceUsage().maxRSS * 1024,
    seconds: model.record.training.multi.seconds,
    steps: model.record.training.multi.steps,
    scores: tasks.map(
      ({ task, primary, multi }) => `${task} ${primary.label} ${multi[primary.metric]?.toPrecision(3)}`,
    ),
    deltaM: deltaM.percent,
    texts,
  }),
);
