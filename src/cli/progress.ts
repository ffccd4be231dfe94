import { nowMs } from "../base/clock.js";
import type { StudyEvent } from "../study/events.js";
import { MOST_LOSSES, lossesText, modelName, modelsBoard, trainedText } from "./models-board.js";
import { harmless, note, paint, say } from "./screen.js";

/** How a command shows what it does. */
export type ProgressMode = "live" | "plain" | "json" | "quiet";

/** Listens to a study and shows it. */
export interface Progress {
  readonly onEvent: (event: StudyEvent) => void;
  /** Takes the live block away and leaves the cursor in order. */
  close(): void;
}

const REDRAW_MS = 100; // ten times a second is as fast as an eye reads numbers
const PLAIN_LINES = 10; // lines a model gets over its whole budget where nothing can be redrawn

/** Chooses by flags and terminal, and loads what drawing needs only when it draws. */
export async function openProgress(flags: {
  readonly json?: boolean;
  readonly quiet?: boolean;
}): Promise<Progress> {
  if (flags.json) return jsonProgress();
  if (flags.quiet) return { onEvent: () => {}, close: () => {} };
  const live =
    process.stderr.isTTY &&
    process.stderr.columns > 0 &&
    process.env["TERM"] !== "dumb" &&
    !process.env["CI"];
  return live ? liveProgress() : plainProgress(note);
}

/** One JSON object a line on standard output. */
function jsonProgress(): Progress {
  return { onEvent: (event) => say(JSON.stringify(event)), close: () => {} };
}

/** Lines that are never redrawn: stages, notices, and about ten lines per model. */
export function plainProgress(print: (text: string) => void): Progress {
  const colours = paint(process.stderr);
  const tally = baselineTally();
  const tallyRows = rowsTally();
  const onEvent = (event: StudyEvent): void => {
    const told = tally(event);
    if (told === null) return;
    switch (event.type) {
      case "epoch": {
        const every = Math.max(1, Math.ceil(event.epochs / PLAIN_LINES));
        if (!event.validation || event.epoch % every !== 0) return;
        print(
          `  ${modelName(event.model)} ${event.epoch}/${event.epochs}  ${lossesText(event.losses, event.validation)}`,
        );
        return;
      }
      case "rows": {
        const text = tallyRows(event);
        if (text !== undefined) print(text);
        return;
      }
      default:
        print(told ?? lasting(event, colours));
    }
  };
  return { onEvent, close: () => {} };
}

const TOLD = 10; // of many baselines every tenth is told

const MANY_ROWS = 1_000_000; // predicted rows that are told one after another where how many there are is not known

/**
 * Tells how many rows are predicted: about ten times where their number is known, and nothing of a table of one chunk.
 *
 * @returns what is told instead of an event; undefined for nothing.
 */
function rowsTally(): (event: RowsEvent) => string | undefined {
  let told = 0;
  return ({ done, of }) => {
    if (done === of || done < told + (of === undefined ? MANY_ROWS : of / PLAIN_LINES)) return undefined;
    told = done;
    return `  ${rowsText({ done, of })}`;
  };
}

type RowsEvent = Extract<StudyEvent, { type: "rows" }>;

const rowsText = ({ done, of }: { readonly done: number; readonly of: number | undefined }): string => {
  const count = (n: number): string => n.toLocaleString("en-US");
  return of === undefined ? `${count(done)} rows` : `${count(done)} of ${count(of)} rows`;
};

/**
 * Of many baselines tells only how many are trained.
 *
 * @returns what is told instead of an event: null for nothing, undefined for the event itself.
 */
function baselineTally(): (event: StudyEvent) => string | null | undefined {
  let [tasks, trained] = [0, 0];
  return (event) => {
    if (event.type !== "epoch" && event.type !== "trained") return undefined;
    if (event.model === "multi-task") {
      if (event.type === "epoch") tasks = Object.keys(event.losses).length;
      return undefined;
    }
    if (event.type === "trained") trained += 1;
    if (tasks <= MOST_LOSSES) return undefined;
    if (event.type === "epoch" || (trained % TOLD !== 0 && trained !== tasks)) return null;
    return `  ${trained} of ${tasks} tasks trained alone`;
  };
}

async function liveProgress(): Promise<Progress> {
  const { createLogUpdate } = await import("log-update");
  const block = createLogUpdate(process.stderr);
  const colours = paint(process.stderr);
  const board = modelsBoard();
  const tally = baselineTally();
  let drawn = -Infinity;
  const draw = (): void => {
    drawn = nowMs();
    const lines = board.lines((process.stderr.columns || 80) - 1);
    if (lines.length > 0) block(lines.join("\n"));
    else block.clear();
  };
  const onEvent = (event: StudyEvent): void => {
    const told = tally(event);
    if (event.type === "epoch") {
      board.epoch(event);
      if (nowMs() - drawn >= REDRAW_MS) draw();
      return;
    }
    if (event.type === "rows") {
      if (event.done === event.of) block.clear();
      else if (nowMs() - drawn >= REDRAW_MS) {
        drawn = nowMs();
        block(rowsText({ done: event.done, of: event.of }));
      }
      return;
    }
    if (event.type === "trained") board.trained(event);
    if (told === null) return;
    block.clear();
    note(told ?? lasting(event, colours));
    draw();
  };
  return {
    onEvent,
    close: () => {
      block.clear();
      block.done();
    },
  };
}

/** A line that stays, for everything but epochs. */
function lasting(
  event: Exclude<StudyEvent, { type: "epoch" | "rows" }>,
  colours: ReturnType<typeof paint>,
): string {
  switch (event.type) {
    case "stage":
      return `${colours.bold(event.stage[0]!.toUpperCase() + event.stage.slice(1))}  ${harmless(event.detail)}`;
    case "notice":
      return `${event.level === "warning" ? colours.yellow("Warning") : colours.dim("Note")}  ${harmless(event.text)}`;
    case "trained":
      return `  ${harmless(trainedText(event))}`;
    default:
      return event satisfies never;
  }
}
