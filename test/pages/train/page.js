import { openModel, train } from "kindred/browser";

/** Trains in the page's own thread; tells what came of it and how often the page had its turn meanwhile. */
globalThis.trainTable = async (table, options, rows) => {
  const events = [];
  const turns = countTurns();
  const model = await train(table, options, { onEvent: (event) => events.push(event) });
  const page = turns.stop();
  const again = await openModel(model.modelBytes);
  try {
    const { training, evaluation, environment } = model.record;
    return {
      training,
      evaluation,
      environment,
      events: events.map(({ type, model: name }) => [type, name].filter(Boolean).join(" ")),
      predictions: await model.predict(rows),
      reopened: await again.predict(rows),
      modelBytes: [...model.modelBytes],
      page,
    };
  } finally {
    await model.close();
    await again.close();
  }
};

/** Trains until the first epoch, then stops; gives the name of what the training is rejected with. */
globalThis.stopTraining = async (table, options) => {
  const stop = new AbortController();
  const onEvent = ({ type }) => type === "epoch" && stop.abort();
  return train(table, options, { onEvent, signal: stop.signal }).then(
    () => "trained",
    (error) => error.name,
  );
};

/** The message of what training throws. */
globalThis.trainingFailure = async (table, options, hooks) =>
  train(table, options, hooks).then(
    () => "trained",
    (error) => `${error.name}: ${error.message}`,
  );

/** Counts the turns of the page's event loop. */
function countTurns() {
  const start = performance.now();
  let [turns, going] = [0, true];
  const look = () => {
    turns += 1;
    if (going) setTimeout(look, 0);
  };
  setTimeout(look, 0);
  return {
    stop() {
      going = false;
      return { turns, ms: performance.now() - start };
    },
  };
}

document.title = "ready";
