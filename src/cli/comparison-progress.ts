import { nowMs } from "../base/clock.js";
import { formatSeconds } from "../report/numbers.js";
import type { CompareEvent } from "../study/compare-study.js";
import { harmless, note, paint, say } from "./screen.js";

/** Listens to a comparison and shows it. */
export interface ComparisonProgress {
  readonly onEvent: (event: CompareEvent) => void;
  /** Takes the live line away and leaves the cursor in order. */
  close(): void;
}

const PLAIN_LINES = 20; // lines of the whole comparison where nothing can be redrawn

/** Chooses by flags and terminal, and loads what drawing needs only when it draws. */
export async function openComparisonProgress(flags: {
  readonly json?: boolean;
  readonly quiet?: boolean;
}): Promise<ComparisonProgress> {
  const close = (): void => {};
  if (flags.json) return { onEvent: (event) => say(JSON.stringify(event)), close };
  if (flags.quiet) return { onEvent: () => {}, close };
  const { stderr, env } = process;
  const live = stderr.isTTY && stderr.columns > 0 && env["TERM"] !== "dumb" && !env["CI"];
  return live ? liveProgress() : { onEvent: plainComparisonProgress(note), close };
}

/** Lines that are never redrawn: stages, notices, failures and about twenty lines of trainings that have ended. */
export function plainComparisonProgress(print: (text: string) => void): (event: CompareEvent) => void {
  let told = 0;
  const left = timeLeft();
  return (event) => {
    const rest = left(event);
    if (event.type === "stage" || event.type === "notice") return print(lasting(event));
    if (event.type === "begun") return;
    const { done, of, failed } = event;
    if (failed !== undefined) print(failedText(event));
    if (done < told + of / PLAIN_LINES && done !== of) return;
    told = done;
    print(`  ${done} of ${of} trained${rest}`);
  };
}

async function liveProgress(): Promise<ComparisonProgress> {
  const { createLogUpdate } = await import("log-update");
  const block = createLogUpdate(process.stderr);
  const left = timeLeft();
  const running = new Map<string, string>();
  const onEvent = (event: CompareEvent): void => {
    const rest = left(event);
    if (event.type === "stage" || event.type === "notice") {
      block.clear();
      note(lasting(event));
      return;
    }
    const { what, seed, done, of, failed } = event;
    const one = harmless(`${what}, seed ${seed}`);
    if (event.type === "begun") running.set(one, one);
    else running.delete(one);
    if (failed !== undefined) {
      block.clear();
      note(failedText(event));
    }
    const text = `  ${done} of ${of} trained${rest}  ${[...running.values()].join("; ")}`;
    block([...text].slice(0, (process.stderr.columns || 80) - 1).join(""));
  };
  return {
    onEvent,
    close: () => {
      block.clear();
      block.done();
    },
  };
}

/** How long the rest may take, by what was trained since the first training began. */
function timeLeft(): (event: CompareEvent) => string {
  let began: { readonly at: number; readonly done: number } | undefined;
  return (event) => {
    if (event.type === "stage" || event.type === "notice") return "";
    began ??= { at: nowMs(), done: event.done };
    const trained = event.done - began.done;
    if (trained < 2 || event.done === event.of) return "";
    const each = (nowMs() - began.at) / trained;
    return `, about ${formatSeconds((each * (event.of - event.done)) / 1000)} left`;
  };
}

const failedText = ({ what, seed, failed }: Extract<CompareEvent, { type: "begun" | "done" }>): string =>
  `${paint(process.stderr).yellow("Failed")}  ${harmless(`${what}, seed ${seed}: ${failed}`)}`;

function lasting(event: Extract<CompareEvent, { type: "stage" | "notice" }>): string {
  const { bold, yellow, dim } = paint(process.stderr);
  if (event.type === "stage")
    return `${bold(event.stage[0]!.toUpperCase() + event.stage.slice(1))}  ${harmless(event.detail)}`;
  return `${event.level === "warning" ? yellow("Warning") : dim("Note")}  ${harmless(event.text)}`;
}
