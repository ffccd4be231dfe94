import { drawLosses } from "./chart.js";
import tableUrl from "../penguins.csv?url";

const SHARED = "multi-task"; // the shared model's name in events; a baseline has its task's name

const at = (id) => document.getElementById(id);
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has no origin to name
const tell = (message) => worker.postMessage(message);
let epochs = [];

at("train").addEventListener("click", async () => {
  epochs = [];
  at("verdicts").hidden = true;
  at("prediction").hidden = true;
  working(true);
  say("Loading the table.");
  tell({ type: "train", text: await (await fetch(tableUrl)).text() });
});
at("stop").addEventListener("click", () => tell({ type: "stop" }));
at("row").addEventListener("input", predict);
at("row").addEventListener("submit", (event) => event.preventDefault());

worker.addEventListener("message", ({ data }) => {
  if (data.type === "event") follow(data.event);
  if (data.type === "trained") show(data);
  if (data.type === "prediction") answer(data.prediction);
  if (data.type === "stopped") finish("Stopped.");
  if (data.type === "failed") finish(data.message);
});

/** One event of the study. */
function follow(event) {
  if (event.type === "stage") say(`${event.stage}: ${event.detail}`);
  if (event.type !== "epoch" || event.validation === undefined) return;
  const shared = event.model === SHARED;
  say(
    `${shared ? "All tasks together" : `${event.model} alone`}: epoch ${event.epoch} of at most ${event.epochs}`,
  );
  if (!shared) return;
  epochs.push({ train: event.losses, validation: event.validation });
  const tasks = Object.keys(event.losses);
  if (epochs.length === 1) at("legend").replaceChildren(...tasks.map(key));
  drawLosses(at("chart"), tasks, epochs);
}

/** The name of a task in its colour. */
function key(task, t) {
  const made = child("span", task);
  made.className = "key";
  made.style.setProperty("--color", `var(--task-${t})`);
  return made;
}

/** What came of training: verdicts, the file, and a form for a row. */
function show({ verdicts, inputs, modelBytes }) {
  at("verdict-rows").replaceChildren(...verdicts.map(verdictRow));
  at("download").href = URL.createObjectURL(new Blob([modelBytes], { type: "application/octet-stream" }));
  at("row").replaceChildren(...inputs.map(field));
  at("verdicts").hidden = false;
  at("prediction").hidden = false;
  finish("Trained.");
  predict();
}

function verdictRow({ task, primary, multi, single, verdict }) {
  const row = document.createElement("tr");
  const judged = child("td", verdict);
  judged.className = verdict;
  const values = [multi, single].map((metrics) => child("td", metrics[primary.metric].toPrecision(3)));
  row.append(child("td", task), child("td", primary.label), ...values, judged);
  return row;
}

function field({ name, levels, example }) {
  const label = child("label", name);
  const control = document.createElement(levels ? "select" : "input");
  control.name = name;
  if (levels) control.append(...levels.filter(Boolean).map((level) => new Option(level)));
  else control.type = "number";
  control.step = "any";
  control.value = levels ? example : Math.round(example * 10) / 10;
  label.append(control);
  return label;
}

function predict() {
  const cells = [...new FormData(at("row"))];
  const row = cells.map(([name, text]) => [name, text === "" ? null : numberOr(text)]);
  tell({ type: "predict", row: Object.fromEntries(row) });
}

const numberOr = (text) => (Number.isNaN(Number(text)) ? text : Number(text));

function answer(prediction) {
  const words = Object.entries(prediction).flatMap(([task, value]) => [
    child("dt", task),
    child("dd", typeof value === "number" ? Math.round(value).toLocaleString("en") : likeliest(value)),
  ]);
  at("answers").replaceChildren(...words);
}

const likeliest = ({ label, probabilities }) => `${label} (${Math.round(probabilities[label] * 100)} %)`;

function child(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function finish(text) {
  working(false);
  say(text);
}

function working(yes) {
  at("train").disabled = yes;
  at("stop").disabled = !yes;
}

const say = (text) => {
  at("status").value = text;
};
