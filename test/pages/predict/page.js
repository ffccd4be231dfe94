import { openModel } from "kindred/browser";

/** Opens the model at a URL, or from its fetched bytes, predicts rows and closes it. */
globalThis.predictRows = async (url, rows, how) => {
  const source = how === "bytes" ? new Uint8Array(await (await fetch(url)).arrayBuffer()) : url;
  const model = await openModel(source);
  try {
    return { tasks: model.tasks, inputs: model.inputs, predictions: await model.predict(rows) };
  } finally {
    await model.close();
  }
};

/** The message of what opening a URL or predicting with it throws. */
globalThis.failure = async (url, rows) => {
  try {
    const model = await openModel(url);
    await model.predict(rows);
    return "";
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};

document.title = "ready";
