const AREA = { left: 44, right: 628, top: 12, bottom: 230 };

/**
 * Draws the losses of every task by epoch.
 *
 * @param svg where to draw.
 * @param tasks their names, in the order of their colours.
 * @param epochs `{ train, validation }` of every epoch so far, losses by task.
 */
export function drawLosses(svg, tasks, epochs) {
  const values = epochs.flatMap(({ train, validation }) =>
    tasks.flatMap((task) => [train[task], validation[task]]),
  );
  const top = Math.max(...values.filter(Number.isFinite), 0.1) * 1.05;
  const x = (epoch) => AREA.left + ((AREA.right - AREA.left) * epoch) / Math.max(epochs.length - 1, 1);
  const y = (loss) => AREA.bottom - ((AREA.bottom - AREA.top) * loss) / top;
  const curve = (task, t, part) => {
    const points = epochs.map((epoch, i) => `${x(i).toFixed(1)},${y(epoch[part][task]).toFixed(1)}`);
    return element("polyline", {
      class: `curve ${part === "train" ? "training" : ""}`,
      points: points.join(" "),
      stroke: `var(--task-${t})`,
    });
  };
  svg.replaceChildren(
    ...ticks(top).flatMap((loss) => [
      element("line", { class: "grid", x1: AREA.left, x2: AREA.right, y1: y(loss), y2: y(loss) }),
      element("text", { x: AREA.left - 8, y: y(loss) + 4, "text-anchor": "end" }, loss.toPrecision(2)),
    ]),
    element("text", { x: AREA.left, y: AREA.bottom + 20 }, "1"),
    element(
      "text",
      { x: AREA.right, y: AREA.bottom + 20, "text-anchor": "end" },
      `epoch ${Math.max(epochs.length, 1)}`,
    ),
    ...tasks.flatMap((task, t) => [curve(task, t, "train"), curve(task, t, "validation")]),
  );
}

/** Four or five round values from 0 to the top. */
function ticks(top) {
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((value) => value >= rough);
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step);
}

function element(name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}
