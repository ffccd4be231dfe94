import { classification, regression, train } from "kindred/browser";

/** What is learned, and a model small enough to be trained while one watches; all else has its default. */
const OPTIONS = {
  tasks: { species: classification(), sex: classification(), body_mass_g: regression() },
  sharing: { trunk: [64, 64], members: 4 },
  budget: { epochs: 60 },
};

let stop = new AbortController();
let model;

/** Trains on the text of a CSV file and tells the page how it goes and what came of it. */
async function learn(text) {
  stop = new AbortController();
  const { signal } = stop;
  try {
    await model?.close();
    model = await train(text, OPTIONS, { signal, onEvent: (event) => postMessage({ type: "event", event }) });
    const { record, card, modelBytes } = model;
    const examples = new Map(record.model.inputs.map(({ name, example }) => [name, example]));
    const inputs = card.inputs.map(({ name, levels }) => ({ name, levels, example: examples.get(name) }));
    postMessage({ type: "trained", verdicts: record.evaluation.tasks, inputs, modelBytes });
  } catch (error) {
    postMessage(signal.aborted ? { type: "stopped" } : { type: "failed", message: error.message });
  }
}

/** Predicts one row. */
async function predict(row) {
  const [prediction] = await model.predict([row]);
  postMessage({ type: "prediction", prediction });
}

addEventListener("message", ({ data }) => {
  if (data.type === "train") learn(data.text);
  if (data.type === "stop") stop.abort();
  if (data.type === "predict") predict(data.row);
});
